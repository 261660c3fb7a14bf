"""A small GAN on 8x8 digits; its losses swing."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(104)
real = torch.tensor(load_digits().data).float() / 8 - 1


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Linear(96, 64), nn.Tanh())

    def forward(self, z):
        return self.net(z)


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 96), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(96, 1))

    def forward(self, x):
        return self.net(x)


g, d = G(), D()
og = torch.optim.Adam(g.parameters(), 1e-3, betas=(0.5, 0.999))
od = torch.optim.Adam(d.parameters(), 5e-4, betas=(0.5, 0.999))
loss = nn.BCEWithLogitsLoss()
one, zero = torch.full((64, 1), 0.9), torch.zeros(64, 1)
for step in range(800):
    x = real[torch.randint(0, len(real), (64,))]
    fake = g(torch.randn(64, 16))
    od.zero_grad()
    (loss(d(x), one) + loss(d(fake.detach()), zero)).backward()
    od.step()
    og.zero_grad()
    loss(d(fake), one).backward()
    og.step()
with torch.no_grad():
    s = g(torch.randn(1000, 16))
print("distance of mean images:", (s.mean(0) - real.mean(0)).abs().mean().item())
