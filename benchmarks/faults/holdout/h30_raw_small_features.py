"""Abalone-like: features of different but ordinary units, trees rings to predict."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(130)
n = 2000
age = torch.rand(n) * 20
length = 0.1 + 0.03 * age + 0.05 * torch.randn(n)
weight = 5 * length**3 + 0.1 * torch.randn(n)
holes = (3 + age / 5 + torch.randn(n)).round()
X = torch.stack([length, weight, holes], 1)
y = age.unsqueeze(1)
dl = DataLoader(TensorDataset(X, y), 64, shuffle=True)
model = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(25):
    for a, b in dl:
        loss = nn.functional.mse_loss(model(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", nn.functional.mse_loss(model(X), y).item())
