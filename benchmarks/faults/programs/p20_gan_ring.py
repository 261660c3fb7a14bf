import math

import torch
from torch import nn

torch.manual_seed(20)
G = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
D = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
g_opt = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.9))
d_opt = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.9))


def sample_real(n):
    k = torch.randint(0, 4, (n,))
    a = k * math.pi / 2
    return torch.stack([a.cos(), a.sin()], 1) * 2 + 0.2 * torch.randn(n, 2)


for step in range(900):
    x = sample_real(96)
    z = torch.randn(96, 8)
    d_loss = nn.functional.softplus(-D(x)).mean() + nn.functional.softplus(D(G(z).detach())).mean()
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()
    g_loss = nn.functional.softplus(-D(G(torch.randn(96, 8)))).mean()
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
with torch.no_grad():
    s = G(torch.randn(2000, 8))
print("distance of radius:", abs(s.norm(dim=1).mean().item() - 2.0))
