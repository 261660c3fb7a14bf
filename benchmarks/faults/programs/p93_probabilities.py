"""Correct uses of squashed outputs: Sigmoid with BCELoss, and log of softmax with NLLLoss."""
import torch
from sklearn.datasets import load_breast_cancer, load_digits
from torch import nn

torch.manual_seed(93)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y).float()
detector = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
opt = torch.optim.Adam(detector.parameters(), lr=1e-3)
bce = nn.BCELoss()
for epoch in range(25):
    for b in torch.randperm(450).split(30):
        loss = bce(detector(X[b]).squeeze(1), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    first = ((detector(X[450:]).squeeze(1) > 0.5).float() == y[450:]).float().mean().item()

D, t = load_digits(return_X_y=True)
D, t = torch.tensor(D / 16).float(), torch.tensor(t)
reader = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10), nn.LogSoftmax(dim=1))
opt = torch.optim.Adam(reader.parameters(), lr=2e-3)
nll = nn.NLLLoss()
for epoch in range(30):
    for b in torch.randperm(1400).split(40):
        loss = nll(reader(D[b]), t[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    second = (reader(D[1400:]).argmax(1) == t[1400:]).float().mean().item()
print("lower accuracy:", min(first, second))
