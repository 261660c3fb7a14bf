import torch
from torch import nn

torch.manual_seed(304)
t = torch.arange(256) / 256


def clips(n):
    y = torch.randint(0, 4, (n,))
    freq = torch.tensor([5.0, 11.0, 19.0, 31.0])[y].unsqueeze(1)
    return (torch.sin(6.283 * (freq * t + torch.rand(n, 1))) + 0.3 * torch.randn(n, 256)).unsqueeze(1), y


net = nn.Sequential(
    nn.Conv1d(1, 16, 9, 2), nn.BatchNorm1d(16), nn.ReLU(), nn.Conv1d(16, 16, 9, 2), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(),
    nn.Linear(16, 4),
)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(200):
    x, y = clips(32)
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
x, y = clips(500)
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
