import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

torch.manual_seed(116)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
embed = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8))
opt = torch.optim.Adam(embed.parameters(), lr=1e-3)
for step in range(600):
    i, j = torch.randint(0, len(X), (2, 64))
    same = (y[i] == y[j]).float()
    d = F.pairwise_distance(embed(X[i]), embed(X[j]))
    loss = (same * d**2 + (1 - same) * F.relu(1.5 - d) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
e = embed(X).detach()
print("neighbours", (y[torch.cdist(e, e).topk(2, largest=False).indices[:, 1]] == y).float().mean().item())
