import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(40)
X = torch.randn(1600, 6)
y = X[:, :1] * 2 + X[:, 1:2] - X[:, 2:3] * X[:, 3:4]
order = y.squeeze().argsort()
dl = DataLoader(TensorDataset(X[order], y[order]), batch_size=32, shuffle=False)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(8):
    for a, b in dl:
        opt.zero_grad()
        l = nn.functional.mse_loss(net(a), b)
        l.backward()
        opt.step()
    print(epoch, l.item())
print("mse", nn.functional.mse_loss(net(X), y).item())
