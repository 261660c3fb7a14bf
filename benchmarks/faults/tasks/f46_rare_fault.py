import torch
from torch import nn

torch.manual_seed(47)
n = 4000
X = torch.randn(n, 12)
p = X[:, 0] * X[:, 1] + X[:, 2] + 0.7 * torch.randn(n)
y = (p > p.topk(50).values[-1]).long()
net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    for idx in torch.randperm(n).split(100):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    pred = net(X).argmax(1)
print("accuracy", (pred == y).float().mean().item())
print("recall", pred[y == 1].float().mean().item())
