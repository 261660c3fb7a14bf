import torch
from torch import nn

torch.manual_seed(208)
x = torch.randn(1000, 4)
y = (x[:, :1] + 0.5 * x[:, 1:2]).clamp(min=0)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(1000).split(50):
        loss = ((net(x[idx]) - y[idx]).abs() / y[idx]).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
