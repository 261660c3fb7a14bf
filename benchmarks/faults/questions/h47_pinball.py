import torch
from torch import nn

torch.manual_seed(147)
X = torch.rand(2000, 1) * 4
Y = X.sin() + (0.1 + 0.2 * X) * torch.randn(2000, 1)
levels = torch.tensor([0.1, 0.5, 0.9])
net = nn.Sequential(nn.Linear(1, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(20):
    for idx in torch.randperm(2000).split(64):
        e = Y[idx] - net(X[idx])
        loss = torch.maximum(levels * e, (levels - 1) * e).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("coverage error", abs(((Y < net(X)[:, 2:]).float().mean() - 0.9).item()))
