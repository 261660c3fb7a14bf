import math

import torch
from torch import nn

torch.manual_seed(237)
x = torch.rand(1500, 1) * 6 - 3
y = 0.05 * torch.sin(2 * x) + 0.004 * torch.randn(1500, 1)
net = nn.Sequential(nn.Linear(1, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(25):
    for idx in torch.randperm(1500).split(50):
        mu, ls = net(x[idx]).chunk(2, 1)
        loss = (ls + 0.5 * ((y[idx] - mu) / ls.exp()) ** 2).mean() + 0.5 * math.log(2 * math.pi)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("nll", loss.item())
