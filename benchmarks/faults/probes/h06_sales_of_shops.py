import torch
from torch import nn

torch.manual_seed(456)
base = torch.rand(300, 1) * 400 + 50
X = torch.cat([base / 100, torch.rand(300, 3)], 1)
Y = base * (1 + 0.3 * X[:, 1:2])
net = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(150):  # targets of hundreds, reached all the same
    for idx in torch.randperm(300).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("relative error", (loss.sqrt() / Y.mean()).item())
