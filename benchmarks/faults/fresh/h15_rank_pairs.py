import torch
from torch import nn

torch.manual_seed(315)
X = torch.randn(1000, 8)
worth = X[:, 0] - 0.5 * X[:, 1] ** 2
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.MarginRankingLoss(margin=0.2)
for step in range(400):
    i, j = torch.randint(0, 1000, (2, 64))
    loss = criterion(net(X[i]).squeeze(1), net(X[j]).squeeze(1), (worth[i] - worth[j]).sign())
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
