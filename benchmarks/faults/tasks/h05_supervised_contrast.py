import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(105)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
for epoch in range(8):
    for idx in torch.randperm(1400).split(100):
        z = F.normalize(net(X[idx] + 0.05 * torch.randn(len(idx), 64)), dim=1)
        sim = z @ z.T / 0.2
        eye = torch.eye(len(idx), dtype=torch.bool)
        log_p = sim - torch.logsumexp(sim.masked_fill(eye, -1e9), 1, keepdim=True)
        pos = (y[idx][:, None] == y[idx][None]) & ~eye
        loss = -(log_p * pos).sum(1).div(pos.sum(1).clamp(min=1)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
net.eval()
with torch.no_grad():
    ref, query = net(X[:1400]), net(X[1400:])
    nearest = torch.cdist(query, ref).argmin(1)
print("1-nn", (y[nearest] == y[1400:]).float().mean().item())
