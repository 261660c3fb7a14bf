import torch
from torch import nn

torch.manual_seed(145)
net = nn.Sequential(nn.Linear(1, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh(), nn.Linear(40, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
t0 = torch.zeros(1, 1, requires_grad=True)
for step in range(900):
    t = (torch.rand(64, 1) * 3).requires_grad_()
    u = net(t)
    du = torch.autograd.grad(u.sum(), t, create_graph=True)[0]
    ddu = torch.autograd.grad(du.sum(), t, create_graph=True)[0]
    u0 = net(t0)
    v0 = torch.autograd.grad(u0.sum(), t0, create_graph=True)[0]
    loss = (ddu + u).pow(2).mean() + 5 * (u0 - 1).pow(2).mean() + 5 * v0.pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
tt = torch.linspace(0, 3, 50).unsqueeze(1)
print("error", (net(tt) - tt.cos()).abs().max().item())
