import torch
from torch import nn

torch.manual_seed(9)
x = torch.rand(1000, 1) * 6 - 3
y = torch.sin(x) + 0.05 * torch.randn(1000, 1)
x = (x - x.mean(dim=1, keepdim=True)) / (x.std(dim=1, keepdim=True, unbiased=False) + 1e-8)
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
loss_fn = nn.MSELoss()
for epoch in range(15):
    for idx in torch.randperm(1000).split(50):
        opt.zero_grad()
        loss = loss_fn(net(x[idx]), y[idx])
        loss.backward()
        opt.step()
print(loss_fn(net(x), y).item())
