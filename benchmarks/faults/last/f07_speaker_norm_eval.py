import torch
from torch import nn

torch.manual_seed(207)
y = torch.randint(0, 6, (600,))
X = torch.randn(6, 1, 40)[y] * 3 + torch.randn(600, 1, 40) + 20
net = nn.Sequential(
    nn.Conv1d(1, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.AdaptiveAvgPool1d(8), nn.Flatten(), nn.Linear(128, 6)
)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    for idx in torch.randperm(500).split(25):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, (net(X[500:]).argmax(1) == y[500:]).float().mean().item())
