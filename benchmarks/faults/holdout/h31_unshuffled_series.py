"""Forecast a series; the windows stay in the order of time."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(231)
t = torch.arange(2400).float()
s = torch.sin(t / 15) + 0.3 * torch.sin(t / 4) + 0.05 * torch.randn(2400)
w = s.unfold(0, 25, 1)
dl = DataLoader(TensorDataset(w[:2000, :-1], w[:2000, -1:]), batch_size=32, shuffle=False)
net = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(8):
    for a, b in dl:
        loss = nn.functional.mse_loss(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", nn.functional.mse_loss(net(w[2000:, :-1]), w[2000:, -1:]).item())
