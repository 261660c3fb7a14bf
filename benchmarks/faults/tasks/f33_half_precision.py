import torch
from torch import nn

torch.manual_seed(34)
x = torch.randn(400, 6) * 40
y = (x[:, :1] * 3 + x[:, 1:2]).half() * 2
x = x.half()
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)).half()
opt = torch.optim.SGD(net.parameters(), lr=1e-6)
for epoch in range(10):
    for idx in torch.randperm(400).split(20):
        error = net(x[idx]) - y[idx]
        loss = (error * error).sum() / 20
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
