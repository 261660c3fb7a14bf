import torch
from torch import nn

torch.manual_seed(116)
centers = 2 * torch.randn(5, 12)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 8))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.TripletMarginLoss(margin=0.5)
for step in range(600):
    c = torch.randint(0, 5, (40,))
    n = (c + torch.randint(1, 5, (40,))) % 5
    a, p, neg = (centers[k] + 0.5 * torch.randn(40, 12) for k in (c, c, n))
    loss = criterion(net(a), net(p), net(neg))
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
