import torch
from torch import nn

torch.manual_seed(553)
X = torch.randn(1000, 5)
Y = 50 + 2 * X[:, :1]
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=2e-3)
for epoch in range(30):
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
