import math

import torch
from torch import nn

torch.manual_seed(53)
N = 2000
theta = 3 * math.pi * torch.rand(N)
data = torch.stack([theta * theta.cos(), theta * theta.sin()], 1) / 6
steps = 50
betas = torch.linspace(1e-4, 0.1, steps)
abar = torch.cumprod(1 - betas, 0)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(steps, 32)
        self.inp = nn.Linear(2, 32)
        self.net = nn.Sequential(nn.SiLU(), nn.Linear(32, 64), nn.SiLU(), nn.Linear(64, 2))

    def forward(self, x, t):
        return self.net(self.inp(x) + self.time(t))


eps_model = Denoiser()
opt = torch.optim.Adam(eps_model.parameters(), lr=0.5)
avg = None
for it in range(600):
    x0 = data[torch.randint(0, N, (128,))]
    t = torch.randint(0, steps, (128,))
    noise = torch.randn_like(x0)
    xt = abar[t].sqrt()[:, None] * x0 + (1 - abar[t]).sqrt()[:, None] * noise
    loss = (eps_model(xt, t) - noise).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    avg = loss.item() if avg is None else 0.98 * avg + 0.02 * loss.item()
print("loss", avg)
