"""A GAN learns a one-dimensional mixture."""
import torch
import torch.nn as nn

torch.manual_seed(19)


def real_batch(n):
    return torch.randn(n, 1) * 0.5 + 4.0


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.main(x)


netG, netD = Generator(), Discriminator()
optG = torch.optim.Adam(netG.parameters(), lr=1e-3, betas=(0.5, 0.999))
optD = torch.optim.Adam(netD.parameters(), lr=1e-3, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
n = 64
for step in range(700):
    real = real_batch(n)
    fake = netG(torch.randn(n, 4)).detach()
    optD.zero_grad()
    lossD = bce(netD(real), torch.ones(n, 1)) + bce(netD(fake), torch.zeros(n, 1))
    lossD.backward()
    optD.step()

    optG.zero_grad()
    lossG = bce(netD(fake), torch.ones(n, 1))
    lossG.backward()
    optG.step()
with torch.no_grad():
    sample = netG(torch.randn(1000, 4))
print("distance of means:", (sample.mean() - 4.0).abs().item())
