import torch
from torch import nn

torch.manual_seed(555)
X = torch.cat([torch.rand(1500, 1) * 200, torch.rand(1500, 3)], 1)
Y = (X[:, :1] / 100 + X[:, 1:2] > 1.5).float()
net = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(10):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", ((net(X) > 0) == Y).float().mean().item())
