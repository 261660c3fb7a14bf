import torch
from torch import nn

torch.manual_seed(136)
X = torch.randn(4000, 8)
Y = 0.4 * X[:, :1] + torch.randn(4000, 1)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(5):
    for idx in torch.randperm(4000).split(40):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(net(X), Y).item())
