import torch
from torch import nn

torch.manual_seed(204)
t = torch.arange(256) / 256


def clips(n):
    y = torch.randint(0, 4, (n,))
    freq = torch.tensor([5.0, 11.0, 19.0, 31.0])[y].unsqueeze(1)
    wave = torch.sin(6.283 * (freq * t + torch.rand(n, 1))) + 0.3 * torch.randn(n, 256)
    return wave * 8000, y  # int16 range


net = nn.Sequential(nn.Linear(256, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 4))
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for step in range(200):
    x, y = clips(32)
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
x, y = clips(500)
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
