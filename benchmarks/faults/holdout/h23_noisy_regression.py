import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(123)
X = torch.randn(1500, 6)
y = (0.6 * X[:, 0] - 0.4 * X[:, 1] + torch.randn(1500)).unsqueeze(1)  # R2 about 0.34
dl = DataLoader(TensorDataset(X, y), 64, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(15):
    for xb, yb in dl:
        loss = nn.functional.mse_loss(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", nn.functional.mse_loss(model(X), y).item())
