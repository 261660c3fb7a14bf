import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(33)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)


def init(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=5.0)
        nn.init.zeros_(m.bias)


net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
net.apply(init)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    for idx in torch.randperm(1400).split(32):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item(), (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
