import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(454)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X * 16).float().view(-1, 1, 8, 8), torch.tensor(y)
net = nn.Sequential(nn.BatchNorm2d(1), nn.Conv2d(1, 12, 3), nn.ReLU(), nn.Flatten(), nn.Linear(432, 10))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(5):
    net.train()
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
net.eval()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
