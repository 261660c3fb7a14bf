import torch
from torch import nn

torch.manual_seed(105)
G = nn.Sequential(nn.Linear(4, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 2))
D = nn.Sequential(nn.utils.parametrizations.spectral_norm(nn.Linear(2, 48)), nn.LeakyReLU(0.2), nn.Linear(48, 1))
og = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.9))
od = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.9))
for step in range(900):
    real = torch.randn(64, 2) * 0.4 + torch.tensor([1.5, -0.5])
    fake = G(torch.randn(64, 4))
    loss_d = torch.relu(1 - D(real)).mean() + torch.relu(1 + D(fake.detach())).mean()
    od.zero_grad()
    loss_d.backward()
    od.step()
    loss_g = -D(fake).mean()
    og.zero_grad()
    loss_g.backward()
    og.step()
print("distance", (G(torch.randn(500, 4)).mean(0) - torch.tensor([1.5, -0.5])).norm().item())
