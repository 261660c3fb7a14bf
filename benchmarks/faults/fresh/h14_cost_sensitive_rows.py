import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(314)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y).float()
cost = torch.where(y == 0, 3.0, 1.0)
net = nn.Sequential(nn.Linear(30, 16), nn.Tanh(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]).squeeze(1), y[idx], weight=cost[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", ((net(X).squeeze(1) > 0) == y).float().mean().item())
