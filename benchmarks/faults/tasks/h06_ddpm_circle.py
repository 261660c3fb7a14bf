import math

import torch
from torch import nn

torch.manual_seed(106)
steps = 60
beta = torch.linspace(1e-4, 0.08, steps)
abar = torch.cumprod(1 - beta, 0)
model = nn.Sequential(nn.Linear(2 + 16, 96), nn.SiLU(), nn.Linear(96, 96), nn.SiLU(), nn.Linear(96, 2))
freq = torch.exp(torch.arange(8) * 0.6)


def embed(t):
    a = (t.float() / steps)[:, None] * freq
    return torch.cat([a.sin(), a.cos()], 1)


opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=800)
losses = []
for it in range(800):
    phi = torch.rand(128) * 2 * math.pi
    x0 = torch.stack([phi.cos(), phi.sin()], 1)
    t = torch.randint(0, steps, (128,))
    eps = torch.randn_like(x0)
    xt = abar[t].sqrt()[:, None] * x0 + (1 - abar[t]).sqrt()[:, None] * eps
    loss = nn.functional.mse_loss(model(torch.cat([xt, embed(t)], 1)), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    sched.step()
    losses.append(loss.item())
print("loss", sum(losses[-100:]) / 100)
