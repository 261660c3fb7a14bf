import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(115)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(500):
    i, j = torch.randint(0, len(X), (2, 96))
    same = (y[i] == y[j]).float()
    d = nn.functional.pairwise_distance(net(X[i]), net(X[j]))
    loss = (same * d**2 + (1 - same) * (1 - d).clamp(min=0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
