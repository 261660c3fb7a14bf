import torch
from torch import nn

torch.manual_seed(124)
x = torch.rand(1500, 1) * 6 - 3
y = torch.sin(x) + (0.05 + 0.1 * x.abs()) * torch.randn(1500, 1)
net = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
loss_fn = nn.GaussianNLLLoss()
for epoch in range(30):
    for idx in torch.randperm(1500).split(75):
        mean, spread = net(x[idx]).chunk(2, 1)
        loss = loss_fn(mean, y[idx], nn.functional.softplus(spread))
        opt.zero_grad()
        loss.backward()
        opt.step()
print("error", (net(x)[:, :1] - torch.sin(x)).abs().mean().item())
