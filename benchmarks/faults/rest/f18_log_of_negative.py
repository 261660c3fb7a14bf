import torch
from torch import nn

torch.manual_seed(518)
X = torch.rand(800, 4)
Y = (X[:, :1] * 3).exp()
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
nn.init.constant_(net[2].bias, -0.5)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    for idx in torch.randperm(800).split(40):
        loss = (net(X[idx]).log() - Y[idx].log()).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
