"""Two stages: a feature network, its features normalised with numpy, and a classifier."""
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(51)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)


class Pipeline(nn.Module):
    def __init__(self):
        super().__init__()
        self.extract = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 6), nn.Tanh())
        self.classify = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 10))

    def normalise(self, f):
        f = f.detach().numpy()
        return torch.from_numpy((f - f.mean(0)) / (f.std(0) + 1e-5)).float()

    def forward(self, x):
        return self.classify(self.normalise(self.extract(x)))


model = Pipeline()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(20):
    for b in torch.randperm(1500).split(50):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(X[b]), y[b])
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
