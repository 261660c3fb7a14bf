import torch
import torch.nn as nn

torch.manual_seed(27)
n = 1500
temp = 300 + 40 * torch.randn(n)
pressure = 1000 + 80 * torch.randn(n)
flow = 450 + 60 * torch.randn(n)
X = torch.stack([temp, pressure, flow], 1)
y = ((temp - 300) / 40 * 0.7 + (pressure - 1000) / 80 * (flow - 450) / 60).unsqueeze(1)
model = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(600):
    i = torch.randint(0, n, (64,))
    loss = nn.functional.mse_loss(model(X[i]), y[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
print("mse", nn.functional.mse_loss(model(X), y).item())
