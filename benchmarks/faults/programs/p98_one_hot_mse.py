"""The Brier score: squared error between softmax probabilities and one-hot labels; on purpose."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(98)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
T = nn.functional.one_hot(y, 10).float()
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10), nn.Softmax(dim=-1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(15):
    for b in torch.randperm(1400).split(40):
        loss = nn.functional.mse_loss(net(X[b]), T[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
