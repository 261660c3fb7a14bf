import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

torch.manual_seed(313)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(spectral_norm(nn.Linear(2, 32)), nn.LeakyReLU(0.2), spectral_norm(nn.Linear(32, 32)), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = (torch.optim.Adam(m.parameters(), lr=1e-3, betas=(0.0, 0.9)) for m in (G, D))
for step in range(500):
    real = torch.randn(64, 2) * 0.4 + torch.tensor([1.0, -1.0])
    loss_d = (1 - D(real)).relu().mean() + (1 + D(G(torch.randn(64, 4)).detach())).relu().mean()
    od.zero_grad()
    loss_d.backward()
    od.step()
    loss_g = -D(G(torch.randn(64, 4))).mean()
    og.zero_grad()
    loss_g.backward()
    og.step()
print("distance", (G(torch.randn(1000, 4)).mean(0) - torch.tensor([1.0, -1.0])).norm().item())
