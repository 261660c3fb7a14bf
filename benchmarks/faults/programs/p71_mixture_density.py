import math

import torch
from torch import nn

torch.manual_seed(71)


class MDN(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 40), nn.Tanh())
        self.pi, self.mu, self.sigma = nn.Linear(40, k), nn.Linear(40, k), nn.Linear(40, k)

    def forward(self, x):
        h = self.body(x)
        return torch.log_softmax(self.pi(h), 1), self.mu(h), nn.functional.softplus(self.sigma(h)) + 1e-3


def data(n):
    y = torch.rand(n, 1) * 2 - 1
    return y + 0.3 * torch.sin(6.28 * y) + 0.05 * torch.randn(n, 1), y


net = MDN()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)


def nll(x, y):
    lp, mu, s = net(x)
    return -torch.logsumexp(lp - 0.5 * ((y - mu) / s) ** 2 - s.log() - 0.5 * math.log(6.2832), 1).mean()


for step in range(600):
    loss = nll(*data(128))
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    print("nll:", nll(*data(2000)).item())
