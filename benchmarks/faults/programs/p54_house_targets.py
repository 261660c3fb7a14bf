"""Large targets, divided by their spread before training and multiplied after it."""
import torch
from sklearn.datasets import make_regression
from torch import nn

torch.manual_seed(54)
X, y = make_regression(1500, 8, noise=10, random_state=54)
y = 250_000 + 900 * y
X, y = torch.tensor(X).float(), torch.tensor(y).float().unsqueeze(1)
mean, std = y[:1200].mean(), y[:1200].std()
model = nn.Sequential(nn.Linear(8, 32), nn.Softplus(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(30):
    for b in torch.randperm(1200).split(40):
        loss = nn.functional.mse_loss(model(X[b]), (y[b] - mean) / std)
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    err = model(X[1200:]) * std + mean - y[1200:]
print("r2:", 1 - (err.var() / y[1200:].var()).item())
