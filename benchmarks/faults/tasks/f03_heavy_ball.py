import torch
from torch import nn

torch.manual_seed(12)


def spirals(n):
    t = torch.rand(n) * 3 + 0.3
    label = torch.randint(0, 2, (n,))
    angle = 2.2 * t + label * 3.1416
    return torch.stack([t * angle.cos(), t * angle.sin()], 1) + 0.05 * torch.randn(n, 2), label


x, y = spirals(1500)
xt, yt = spirals(500)
net = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
criterion = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.99)
for epoch in range(25):
    net.train()
    perm = torch.randperm(1500)
    total = 0.0
    for i in range(0, 1500, 50):
        idx = perm[i : i + 50]
        loss = criterion(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    net.eval()
    with torch.no_grad():
        acc = (net(xt).argmax(1) == yt).float().mean().item()
    print(epoch, total / 30, acc)
