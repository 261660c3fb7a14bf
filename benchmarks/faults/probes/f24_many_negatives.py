import torch
from torch import nn

torch.manual_seed(424)
X = torch.randn(4000, 16)
Y = torch.zeros(4000, 6)
for k in range(6):
    Y[:, k] = (X[:, k] + 0.7 * torch.randn(4000) > 2.6).float()
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 6))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(4):
    for idx in torch.randperm(4000).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("recall", (((net(X) > 0) & (Y == 1)).sum() / Y.sum()).item())
