import torch
from torch import nn

torch.manual_seed(36)
patients, visits = 25, 40
level = torch.linspace(-4, 4, patients)[torch.randperm(patients)]
sensors = torch.randn(patients, 6)
x, y = [], []
for p in range(patients):
    f = sensors[p] + 0.2 * torch.randn(visits, 6)
    x.append(f)
    y.append(level[p] + 0.3 * torch.randn(visits))
X, Y = torch.cat(x), torch.cat(y).unsqueeze(1)
net = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.005, momentum=0.9)
for epoch in range(15):
    for i in range(0, len(X), 20):  # patient after patient
        loss = nn.functional.mse_loss(net(X[i : i + 20]), Y[i : i + 20])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("mse", nn.functional.mse_loss(net(X), Y).item())
