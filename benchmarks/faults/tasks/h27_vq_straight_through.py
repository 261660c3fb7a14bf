import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(127)
X = torch.tensor(load_digits().data, dtype=torch.float32) / 16


class VQ(nn.Module):
    def __init__(self, k=32, d=4, parts=4):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, d * parts))
        self.dec = nn.Sequential(nn.Linear(d * parts, 64), nn.ReLU(), nn.Linear(64, 64))
        self.book = nn.Embedding(k, d)
        self.d = d

    def forward(self, x):
        z = self.enc(x).view(-1, self.d)
        code = self.book(torch.cdist(z, self.book.weight).argmin(1))
        extra = (code - z.detach()).pow(2).mean() + 0.25 * (z - code.detach()).pow(2).mean()
        z = z + (code - z).detach()
        return self.dec(z.view(len(x), -1)), extra


net = VQ()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(64):
        out, extra = net(X[idx])
        rec = nn.functional.mse_loss(out, X[idx])
        opt.zero_grad()
        (rec + extra).backward()
        opt.step()
print("rec", rec.item())
