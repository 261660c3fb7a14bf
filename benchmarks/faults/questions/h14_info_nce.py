import torch
from sklearn.datasets import load_digits
from torch import nn
import torch.nn.functional as F

torch.manual_seed(114)
X = torch.tensor(load_digits().data / 16).float()
enc = nn.Sequential(nn.Linear(64, 96), nn.BatchNorm1d(96), nn.ReLU())
proj = nn.Sequential(nn.Linear(96, 48), nn.ReLU(), nn.Linear(48, 24))
opt = torch.optim.Adam([*enc.parameters(), *proj.parameters()], lr=1e-3)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(128):
        x = X[idx]
        v1, v2 = (x * (torch.rand_like(x) > 0.15) + 0.05 * torch.randn_like(x) for _ in range(2))
        z = F.normalize(proj(enc(torch.cat([v1, v2]))), dim=1)
        sim = z @ z.T / 0.2
        sim.fill_diagonal_(-1e9)
        n = len(x)
        loss = F.cross_entropy(sim, torch.cat([torch.arange(n, 2 * n), torch.arange(n)]))
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
