import torch
from torch import nn

torch.manual_seed(512)


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(40, 64)
        self.body = nn.GRU(64, 64, batch_first=True)
        nn.init.normal_(self.emb.weight, std=30.0)

    def forward(self, x):
        return self.body(self.emb(x))[0] @ self.emb.weight.T


net = LM()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(200):
    start = torch.randint(0, 40, (24, 1))
    seq = (start + torch.arange(13) * 3) % 40
    loss = nn.functional.cross_entropy(net(seq[:, :-1]).transpose(1, 2), seq[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
