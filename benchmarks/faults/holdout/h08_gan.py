import torch
import torch.nn as nn

torch.manual_seed(108)
gen = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.1), nn.Linear(32, 1))
disc = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.1), nn.Linear(32, 1), nn.Sigmoid())
loss = nn.BCELoss()
og = torch.optim.Adam(gen.parameters(), lr=1e-3)
od = torch.optim.Adam(disc.parameters(), lr=1e-3)
for i in range(1200):
    real = torch.randn(64, 1) * 0.5 + 3
    z = torch.randn(64, 4)
    fake = gen(z)
    d_loss = (loss(disc(real), torch.ones(64, 1)) + loss(disc(fake.detach()), torch.zeros(64, 1))) / 2
    od.zero_grad()
    d_loss.backward()
    od.step()
    g_loss = loss(disc(fake), torch.ones(64, 1))
    og.zero_grad()
    g_loss.backward()
    og.step()
print("distance", abs(gen(torch.randn(1000, 4)).mean().item() - 3))
