"""Housing-like table: raw units, but BatchNorm in front."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(235)
n = 2000
area, rooms, year = 50 + 100 * torch.rand(n), torch.randint(1, 7, (n,)).float(), 1900 + 120 * torch.rand(n)
income = torch.exp(10 + 0.4 * torch.randn(n))
price = 0.01 * area + 0.2 * rooms + 0.01 * (year - 1900) + income / 30000 + 0.1 * torch.randn(n)
X, y = torch.stack([area, rooms, year, income], 1), price.unsqueeze(1)
dl = DataLoader(TensorDataset(X, y), 50, shuffle=True)
model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(12):
    model.train()
    for a, b in dl:
        loss = nn.functional.huber_loss(model(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
model.eval()
print("mse", nn.functional.mse_loss(model(X), y).item())
