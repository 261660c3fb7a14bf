import math

import torch
from torch import nn

torch.manual_seed(55)
net = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
edge = torch.tensor([[0.0], [1.0]])
for it in range(600):
    x = torch.rand(64, 1, requires_grad=True)
    u = net(x)
    du = torch.autograd.grad(u.sum(), x, create_graph=True)[0]
    d2u = torch.autograd.grad(du.sum(), x, create_graph=True)[0]
    residual = d2u + math.pi**2 * torch.sin(math.pi * x)
    loss = residual.pow(2).mean() + 10 * net(edge).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 100 == 99:
        print(it, loss.item())
grid = torch.linspace(0, 1, 50)[:, None]
print("error", (net(grid) - torch.sin(math.pi * grid)).abs().mean().item())
