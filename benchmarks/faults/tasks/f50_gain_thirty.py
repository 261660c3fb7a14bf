import torch
from torch import nn

torch.manual_seed(51)
x = torch.rand(1500, 3) * 2 - 1
y = torch.sin(2 * x[:, :1]) * x[:, 1:2] + x[:, 2:]
net = nn.Sequential(nn.Linear(3, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 1))
for m in net:
    if isinstance(m, nn.Linear):
        nn.init.orthogonal_(m.weight, gain=30)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(12):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
