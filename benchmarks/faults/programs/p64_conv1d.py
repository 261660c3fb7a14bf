"""Which of three wave shapes is in the noise?"""
import torch
from torch import nn

torch.manual_seed(64)
t = torch.linspace(0, 4, 64)


def make(n):
    kind = torch.randint(0, 3, (n,))
    phase = torch.rand(n, 1)
    u = t + phase
    shapes = torch.stack([torch.sin(6.28 * u), torch.sign(torch.sin(6.28 * u)), 2 * (u % 1) - 1], 1)
    return (shapes[torch.arange(n), kind] + 0.3 * torch.randn(n, 64)).unsqueeze(1), kind


net = nn.Sequential(
    nn.utils.parametrizations.weight_norm(nn.Conv1d(1, 16, 7, padding=3)), nn.ReLU(), nn.MaxPool1d(2),
    nn.utils.parametrizations.weight_norm(nn.Conv1d(16, 32, 5, padding=4, dilation=2)), nn.ReLU(), nn.AdaptiveAvgPool1d(4), nn.Flatten(), nn.Linear(128, 3),
)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(350):
    x, k = make(48)
    loss = nn.functional.cross_entropy(net(x), k)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    x, k = make(1000)
    print("accuracy:", (net(x).argmax(1) == k).float().mean().item())
