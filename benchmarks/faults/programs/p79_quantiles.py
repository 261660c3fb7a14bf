import torch
from torch import nn

torch.manual_seed(79)
x = torch.rand(3000, 1) * 4 - 2
y = x**2 + (0.2 + 0.3 * x.abs()) * torch.randn(3000, 1)
qs = torch.tensor([0.1, 0.5, 0.9])
net = nn.Sequential(nn.Linear(1, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 3))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)


def pinball(pred, target):
    e = target - pred
    return torch.maximum(qs * e, (qs - 1) * e).mean()


for epoch in range(25):
    for b in torch.randperm(2500).split(50):
        loss = pinball(net(x[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    p = net(x[2500:])
inside = ((y[2500:] > p[:, :1]) & (y[2500:] < p[:, 2:])).float().mean().item()
print("distance of coverage:", abs(inside - 0.8))
