import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(123)
modes = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]]) * 1.5
G = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
D = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
og = torch.optim.Adam(G.parameters(), lr=5e-4, betas=(0.5, 0.999))
od = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
for it in range(1200):
    real = modes[torch.randint(0, 4, (128,))] + 0.15 * torch.randn(128, 2)
    fake = G(torch.randn(128, 4))
    d_loss = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()
    od.zero_grad()
    d_loss.backward()
    od.step()
    g_loss = F.softplus(-D(fake)).mean()
    og.zero_grad()
    g_loss.backward()
    og.step()
sample = G(torch.randn(1000, 4)).detach()
near = torch.cdist(sample, modes).argmin(1)
print("modes", sum(int((near == i).float().mean() > 0.08) for i in range(4)))
