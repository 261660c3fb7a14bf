import copy

import torch
from sklearn.datasets import load_digits
from torch import nn
import torch.nn.functional as F

torch.manual_seed(146)
X = torch.tensor(load_digits().data / 16).float()
online = nn.Sequential(nn.Linear(64, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Linear(96, 32))
predictor = nn.Sequential(nn.Linear(32, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32))
target = copy.deepcopy(online).requires_grad_(False)
opt = torch.optim.Adam([*online.parameters(), *predictor.parameters()], lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(128):
        a, b = (X[idx] + 0.15 * torch.randn(len(idx), 64) for _ in range(2))
        with torch.no_grad():
            ta, tb = target(a), target(b)
        loss = 4 - 2 * (F.cosine_similarity(predictor(online(a)), tb) + F.cosine_similarity(predictor(online(b)), ta)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            for p, q in zip(target.parameters(), online.parameters()):
                p.lerp_(q, 0.02)
print("loss", loss.item())
