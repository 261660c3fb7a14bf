import torch
from torch import nn

torch.manual_seed(517)
net = nn.Sequential(nn.Conv1d(2, 16, 5), nn.BatchNorm1d(16), nn.ReLU(), nn.Conv1d(16, 16, 5), nn.BatchNorm1d(16), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)


def batch(n=32):
    y = torch.randint(0, 3, (n,))
    t = torch.arange(40) * (0.2 + 0.3 * y[:, None])
    return torch.stack([t.sin(), t.cos()], 1) + 0.4 * torch.randn(n, 2, 40), y


def evaluate():
    net.eval()
    x, y = batch(200)
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


for step in range(300):
    x, y = batch()
    opt.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    opt.step()
    if step % 100 == 50:
        print("accuracy", evaluate())
