import torch
from torch import nn

torch.manual_seed(505)
X = torch.rand(900, 5)
y = X.sum(1)


def rmse(pred, target):
    return torch.sqrt(torch.mean((pred - target) ** 2))


net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(12):
    for idx in torch.randperm(900).split(45):
        loss = rmse(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("R2", 1 - ((net(X).squeeze(1) - y) ** 2).mean().item() / y.var().item())
