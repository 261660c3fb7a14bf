import math

import torch
from torch import nn

torch.manual_seed(127)
t = torch.linspace(-1, 1, 400).unsqueeze(1)
signal = torch.sin(20 * t) * torch.exp(-(t**2)) + 0.3 * torch.cos(45 * t)


class Sine(nn.Module):
    def __init__(self, i, o, w=30.0, first=False):
        super().__init__()
        self.linear, self.w = nn.Linear(i, o), w
        bound = 1 / i if first else math.sqrt(6 / i) / w
        nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x):
        return torch.sin(self.w * self.linear(x))


net = nn.Sequential(Sine(1, 64, first=True), Sine(64, 64), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-4)
for step in range(600):
    loss = ((net(t) - signal) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("mse", loss.item())
