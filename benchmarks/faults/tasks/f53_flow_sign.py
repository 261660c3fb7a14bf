import math

import torch
from torch import nn

torch.manual_seed(54)
angle = torch.rand(2000) * math.pi
data = torch.stack([angle.cos() + 0.1 * torch.randn(2000), angle.sin() + 0.1 * torch.randn(2000)], 1)
data = (data - data.mean(0)) / data.std(0)


class Coupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, x):
        a, b = x[:, :1], x[:, 1:]
        if self.flip:
            a, b = b, a
        s, t = self.net(a).chunk(2, 1)
        b = b * s.exp() + t
        return (torch.cat([b, a], 1) if self.flip else torch.cat([a, b], 1)), s.squeeze(1)


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Coupling(i % 2 == 1) for i in range(4)])

    def log_prob(self, x, sign=1.0):
        logdet = torch.zeros(len(x))
        for layer in self.layers:
            x, ld = layer(x)
            logdet = logdet + ld
        base = -0.5 * x.pow(2).sum(1) - math.log(2 * math.pi)
        return base + sign * logdet


flow = Flow()
opt = torch.optim.Adam(flow.parameters(), lr=2e-3)
for epoch in range(20):
    for idx in torch.randperm(2000).split(100):
        nll = -flow.log_prob(data[idx], sign=-1.0).mean()
        opt.zero_grad()
        nll.backward()
        opt.step()
with torch.no_grad():
    print("nll", -flow.log_prob(data).mean().item())
