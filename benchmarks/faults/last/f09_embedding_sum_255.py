import torch
from torch import nn

torch.manual_seed(209)
n = 1500
share = torch.rand(n, 4)
count = torch.randint(0, 40000, (n, 1)).float()
y = torch.sin(4 * share[:, :1]) + share[:, 1:2] - share[:, 2:3] * 2
X = torch.cat([share, count], 1)
net = nn.Sequential(nn.Linear(5, 48), nn.ReLU(), nn.Linear(48, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(15):
    for idx in torch.randperm(n).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
