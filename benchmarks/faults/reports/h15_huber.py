import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(115)
X = torch.rand(2000, 8) * 2 - 1
y = torch.sin(3 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * torch.randn(2000)
y[torch.rand(2000) < 0.02] += 4
loader = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x):
        return self.layers(x).squeeze(-1)


net = Regressor()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(20):
    for xb, yb in loader:
        loss = nn.functional.huber_loss(net(xb), yb, delta=0.5)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("median error", (net(X) - y).abs().median().item())
