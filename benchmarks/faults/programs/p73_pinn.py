"""Solve u'' = -u, u(0) = 0, u'(0) = 1 with a network: the loss is the residual of the equation."""
import torch
from torch import nn

torch.manual_seed(73)
u = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(u.parameters(), lr=3e-3)


def grad(y, x):
    return torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0]


for step in range(700):
    t = (torch.rand(64, 1) * 3).requires_grad_()
    y = u(t)
    dy = grad(y, t)
    residual = grad(dy, t) + y
    zero = torch.zeros(1, 1, requires_grad=True)
    start = u(zero)
    loss = residual.pow(2).mean() + 5 * start.pow(2).mean() + 5 * (grad(start, zero) - 1).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    t = torch.linspace(0, 3, 100).unsqueeze(1)
    print("mse:", (u(t) - torch.sin(t)).pow(2).mean().item())
