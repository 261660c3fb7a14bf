import torch
import torch.nn as nn

torch.manual_seed(105)
text = ("to be or not to be that is the question whether tis nobler in the mind to suffer the slings and arrows "
        "of outrageous fortune or to take arms against a sea of troubles ") * 6
vocab = sorted(set(text))
idx = {c: i for i, c in enumerate(vocab)}
data = torch.tensor([idx[c] for c in text])


class CharGRU(nn.Module):
    def __init__(self, v):
        super().__init__()
        self.emb = nn.Embedding(v, 24)
        self.gru = nn.GRU(24, 96, batch_first=True)
        self.fc = nn.Linear(96, v)

    def forward(self, x, h=None):
        o, h = self.gru(self.emb(x), h)
        return self.fc(o), h


net = CharGRU(len(vocab))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
crit = nn.CrossEntropyLoss()
h = None
n = 16 * 30
for epoch in range(20):
    h = None
    stream = data[: len(data) // 8 * 8].view(8, -1)
    for i in range(0, stream.size(1) - 31, 30):
        x, y = stream[:, i : i + 30], stream[:, i + 1 : i + 31]
        out, h = net(x, h)
        h = h.detach()
        loss = crit(out.transpose(1, 2), y)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        opt.step()
print("loss", loss.item())
