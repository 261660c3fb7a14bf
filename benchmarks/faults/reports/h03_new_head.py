import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(103)
d = load_digits()
X, y = torch.tensor(d.images / 16).float()[:, None], torch.tensor(d.target)
old, new = y < 5, y >= 5
body = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 24, 3), nn.ReLU(), nn.Flatten())


def fit(model, parameters, x, t, epochs):
    opt = torch.optim.Adam(parameters, lr=3e-3)
    for _ in range(epochs):
        for idx in torch.randperm(len(x)).split(32):
            opt.zero_grad()
            nn.functional.cross_entropy(model(x[idx]), t[idx]).backward()
            opt.step()
    return (model(x).argmax(1) == t).float().mean().item()


first = nn.Sequential(body, nn.Linear(96, 5))
print("pretraining", fit(first, first.parameters(), X[old], y[old], 6))
for p in body.parameters():
    p.requires_grad = False
second = nn.Sequential(body, nn.Linear(96, 5))
print("transfer", fit(second, second[1].parameters(), X[new], y[new] - 5, 10))
