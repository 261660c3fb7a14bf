"""A normalising flow of coupling layers on a crescent."""
import math

import torch
from torch import nn

torch.manual_seed(97)


def crescent(n):
    a = torch.randn(n)
    return torch.stack([a, 0.5 * a**2 - 0.5 + 0.2 * torch.randn(n)], 1)


class Coupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 2))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x):
        a, b = x[:, :1], x[:, 1:]
        if self.flip:
            a, b = b, a
        s, t = self.net(a).chunk(2, 1)
        s = torch.tanh(s) * 2
        b = b * s.exp() + t
        return torch.cat([b, a] if self.flip else [a, b], 1), s.squeeze(1)


class Flow(nn.Module):
    def __init__(self, k=4):
        super().__init__()
        self.steps = nn.ModuleList(Coupling(i % 2 == 1) for i in range(k))

    def log_prob(self, x):
        total = 0
        for step in self.steps:
            x, d = step(x)
            total = total + d
        return total - 0.5 * (x**2).sum(1) - math.log(2 * math.pi)


flow = Flow()
opt = torch.optim.Adam(flow.parameters(), lr=5e-3)
for step in range(500):
    loss = -flow.log_prob(crescent(128)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    print("nll:", -flow.log_prob(crescent(4000)).mean().item())
