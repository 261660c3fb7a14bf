import torch
from torch import nn

torch.manual_seed(215)
x = torch.randn(270, 300)
y = x[:, :5].sum(1, keepdim=True) / 2 + 0.5 * torch.randn(270, 1)
net = nn.Sequential(nn.Linear(300, 256), nn.ReLU(), nn.Linear(256, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.MSELoss()
for epoch in range(80):
    net.train()
    for idx in torch.randperm(70).split(14):
        opt.zero_grad()
        loss_fn(net(x[idx]), y[idx]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        val = loss_fn(net(x[70:]), y[70:]).item()
print("val", val)
