import math

import torch
from torch import nn

torch.manual_seed(115)
net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for it in range(600):
    p = torch.rand(128, 2, requires_grad=True)
    u = net(p)
    g = torch.autograd.grad(u.sum(), p, create_graph=True)[0]
    uxx = torch.autograd.grad(g[:, 0].sum(), p, create_graph=True)[0][:, 0]
    pde = (g[:, 1] - 0.1 * uxx).pow(2).mean()
    x0 = torch.rand(64, 1)
    start = (net(torch.cat([x0, torch.zeros(64, 1)], 1)) - torch.sin(math.pi * x0)).pow(2).mean()
    t = torch.rand(64, 1)
    walls = net(torch.cat([torch.zeros(64, 1), t], 1)).pow(2).mean() + net(torch.cat([torch.ones(64, 1), t], 1)).pow(2).mean()
    loss = pde + 5 * start + 5 * walls
    opt.zero_grad()
    loss.backward()
    opt.step()
grid = torch.rand(500, 2)
exact = torch.exp(-0.1 * math.pi**2 * grid[:, 1:]) * torch.sin(math.pi * grid[:, :1])
print("error", (net(grid) - exact).abs().mean().item())
