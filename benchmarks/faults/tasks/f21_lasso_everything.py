import torch
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale
from torch import nn

torch.manual_seed(22)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(scale(X), dtype=torch.float32)
y = torch.tensor(scale(y), dtype=torch.float32).unsqueeze(1)
net = nn.Sequential(nn.Linear(10, 32), nn.ELU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(60):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.mse_loss(net(X[idx]), y[idx]) + 1.0 * sum(p.abs().sum() for p in net.parameters())
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("r2", (1 - (net(X) - y).pow(2).mean() / y.var(unbiased=False)).item())
