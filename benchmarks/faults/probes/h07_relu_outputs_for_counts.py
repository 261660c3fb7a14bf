import torch
from torch import nn

torch.manual_seed(457)
X = torch.rand(2000, 4)
Y = (5 * X[:, :1] * X[:, 1:2]).floor()
net = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 1), nn.Softplus())
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(15):
    for idx in torch.randperm(2000).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
