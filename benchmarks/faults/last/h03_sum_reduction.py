import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(233)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx], reduction="sum").backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
