import torch
from torch import nn

torch.manual_seed(52)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og = torch.optim.Adam(G.parameters(), lr=0.3, betas=(0.5, 0.999))
od = torch.optim.Adam(D.parameters(), lr=0.3, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
for it in range(500):
    angle = torch.rand(64) * 6.283
    real = torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(64, 2)
    fake = G(torch.randn(64, 8))
    od.zero_grad()
    (bce(D(real), ones) + bce(D(fake.detach()), zeros)).backward()
    od.step()
    og.zero_grad()
    bce(D(fake), ones).backward()
    og.step()
sample = G(torch.randn(500, 8))
print("spread", sample.std(0).mean().item(), "radius error", (sample.norm(dim=1) - 1).abs().mean().item())
