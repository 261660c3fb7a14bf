import torch
from torch import nn

torch.manual_seed(214)
x = torch.randn(1200, 6)
y = torch.tanh(x[:, :1] - x[:, 1:2] * x[:, 2:3])
net = nn.Sequential(nn.Linear(6, 48), nn.ReLU(), nn.Linear(48, 1))
for p in net.parameters():
    p.register_hook(lambda g: g.clamp(-1e-5, 1e-5))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(12):
    for idx in torch.randperm(1200).split(40):
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
