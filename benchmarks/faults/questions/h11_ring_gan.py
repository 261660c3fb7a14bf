import torch
from torch import nn

torch.manual_seed(111)
G = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 2))
D = nn.Sequential(nn.Linear(2, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))
og = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.9))
od = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.9))
bce = nn.functional.binary_cross_entropy_with_logits
for step in range(900):
    a = torch.rand(96, 1) * 6.283
    real = torch.cat([a.cos(), a.sin()], 1) + 0.03 * torch.randn(96, 2)
    fake = G(torch.randn(96, 8))
    ld = bce(D(real), torch.full((96, 1), 0.9)) + bce(D(fake.detach()), torch.zeros(96, 1))
    od.zero_grad()
    ld.backward()
    od.step()
    lg = bce(D(fake), torch.ones(96, 1))
    og.zero_grad()
    lg.backward()
    og.step()
print("distance to the ring", (G(torch.randn(500, 8)).norm(dim=1) - 1).abs().mean().item())
