import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(32)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor(X).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
for epoch in range(60):
    for idx in torch.randperm(len(X)).split(20):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
