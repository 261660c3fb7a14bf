import copy

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

torch.manual_seed(125)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
online = nn.Sequential(nn.Linear(64, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Linear(96, 32))
predictor = nn.Sequential(nn.Linear(32, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32))
target = copy.deepcopy(online).requires_grad_(False)
opt = torch.optim.Adam([*online.parameters(), *predictor.parameters()], lr=1e-3)


def view(x):
    return x * (torch.rand_like(x) > 0.2) + 0.1 * torch.randn_like(x)


for step in range(500):
    x = X[torch.randint(0, len(X), (128,))]
    p, z = predictor(online(view(x))), target(view(x))
    loss = 2 - 2 * F.cosine_similarity(p, z).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    for a, b in zip(target.parameters(), online.parameters()):
        a.mul_(0.98).add_(0.02 * b.detach())
online.eval()
e = F.normalize(online(X).detach(), dim=1)
print("neighbours", (y[(e @ e.T).topk(2).indices[:, 1]] == y).float().mean().item())
