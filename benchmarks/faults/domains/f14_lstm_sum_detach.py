import torch, torch.nn as nn
torch.set_num_threads(1)
torch.manual_seed(5)
N, L = 1200, 12
x = torch.randint(0, 8, (N, L))
y = (x.float().mean(1) > 3.5).long() + (x[:, -1] > 3).long() * 2
class Tagger(nn.Module):
    def __init__(self, hid=40):
        super().__init__()
        self.emb = nn.Embedding(8, 12)
        self.rnn = nn.LSTM(12, hid, batch_first=True)
        self.norm = nn.LayerNorm(hid)
        self.out = nn.Linear(hid, 4)
    def forward(self, x):
        seq, (hn, cn) = self.rnn(self.emb(x))
        return self.out(self.norm(hn[-1].detach()))
m = Tagger()
optim = torch.optim.Adam(m.parameters(), lr=5e-3)
lossf = nn.CrossEntropyLoss()
step = 0
for ep in range(10):
    for idx in torch.randperm(1000).split(40):
        out = m(x[idx])
        loss = lossf(out, y[idx])
        optim.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        optim.step()
        step += 1
        if step % 50 == 0: print(step, loss.item())
with torch.no_grad():
    m.eval()
    print("METRIC", (m(x[1000:]).argmax(-1) == y[1000:]).float().mean().item())
