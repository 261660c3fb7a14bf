import torch
from torch import nn

torch.manual_seed(201)


def clouds(n):
    t = torch.rand(n, 32) * 6.283
    r = torch.rand(n, 1) + 0.5
    return torch.stack([r * t.cos(), r * t.sin() * (torch.rand(n, 1) + 0.5)], -1)


class PointAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.point = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32))
        self.decode = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64))

    def forward(self, p):
        return self.decode(self.point(p).max(1).values).view(-1, 32, 2)


net = PointAE()
opt = torch.optim.Adam(net.parameters(), lr=1.0)
for it in range(250):
    p = clouds(32)
    d = torch.cdist(net(p), p)
    loss = d.min(1).values.mean() + d.min(2).values.mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("chamfer", loss.item())
