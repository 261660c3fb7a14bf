"""Learn a distance: images of the same digit shall be near each other."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(81)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8))

    def forward(self, x):
        return self.layers(x)


def contrastive(a, b, same, margin=1.0):
    distance = torch.sqrt(((a - b) ** 2).sum(1))
    return torch.where(same, distance**2, (margin - distance).clamp(min=0) ** 2).mean()


net = Embedding()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(500):
    i = torch.randint(0, 1400, (128,))
    j = torch.randint(0, 1400, (128,))
    j[::8] = i[::8]
    loss = contrastive(net(X[i]), net(X[j]), y[i] == y[j])
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    near = torch.cdist(net(X[1400:]), net(X[:1400])).argmin(1)
    print("accuracy:", (y[near] == y[1400:]).float().mean().item())
