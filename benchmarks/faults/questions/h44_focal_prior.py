import math

import torch
from torch import nn

torch.manual_seed(144)
X = torch.randn(8000, 10)
Y = ((X[:, 0] + X[:, 1] > 2.6)).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 1))
nn.init.constant_(net[2].bias, -math.log(99))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(8):
    for idx in torch.randperm(8000).split(100):
        z = net(X[idx])
        ce = nn.functional.binary_cross_entropy_with_logits(z, Y[idx], reduction="none")
        p = torch.sigmoid(z)
        pt = torch.where(Y[idx] == 1, p, 1 - p)
        alpha = torch.where(Y[idx] == 1, 0.75, 0.25)
        loss = (alpha * (1 - pt) ** 2 * ce).sum() / max(1.0, Y[idx].sum().item())
        opt.zero_grad()
        loss.backward()
        opt.step()
print("recall", (((net(X) > 0) & (Y == 1)).sum() / Y.sum()).item())
