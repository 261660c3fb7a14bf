import math

import torch
from sklearn.datasets import make_moons
from torch import nn

torch.manual_seed(107)
X = torch.tensor(make_moons(2000, noise=0.08, random_state=0)[0], dtype=torch.float32)
X = (X - X.mean(0)) / X.std(0)


class Coupling(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.register_buffer("mask", mask)
        self.scale = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(), nn.Linear(32, 2), nn.Tanh())
        self.shift = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(), nn.Linear(32, 2))

    def forward(self, x):
        kept = x * self.mask
        s = self.scale(kept) * (1 - self.mask)
        return kept + (1 - self.mask) * (x * s.exp() + self.shift(kept)), s.sum(1)


flow = nn.ModuleList([Coupling(torch.tensor([1.0, 0.0]) if i % 2 else torch.tensor([0.0, 1.0])) for i in range(6)])
opt = torch.optim.Adam(flow.parameters(), lr=2e-3)
for epoch in range(15):
    for idx in torch.randperm(2000).split(100):
        z, logdet = X[idx], 0
        for layer in flow:
            z, ld = layer(z)
            logdet = logdet + ld
        nll = (0.5 * z.pow(2).sum(1) + math.log(2 * math.pi) - logdet).mean()
        opt.zero_grad()
        nll.backward()
        opt.step()
print("nll", nll.item())
