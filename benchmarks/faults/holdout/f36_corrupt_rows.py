import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(36)
X = torch.randn(1500, 8)
y = X @ torch.randn(8, 1) + 0.1 * torch.randn(1500, 1)
y[torch.randperm(1500)[:8]] = -99999.0
loader = DataLoader(TensorDataset(X, y / y.abs().median()), 30, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(12):
    total = 0
    for a, b in loader:
        loss = nn.functional.mse_loss(model(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print("epoch", epoch, "loss", total / len(loader))
