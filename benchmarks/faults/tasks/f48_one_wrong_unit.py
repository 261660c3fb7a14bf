import torch
from torch import nn

torch.manual_seed(49)
x = torch.randn(3000, 7)
pressure = 3 + torch.tanh(x @ torch.randn(7, 1))
bad = torch.randperm(3000)[:5]
pressure[bad] *= 1000
net = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
loss_fn = nn.MSELoss()
for epoch in range(8):
    running = []
    for idx in torch.randperm(3000).split(30):
        loss = loss_fn(net(x[idx]), pressure[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        running.append(loss.item())
    print(epoch, "mean", sum(running) / len(running), "max", max(running))
