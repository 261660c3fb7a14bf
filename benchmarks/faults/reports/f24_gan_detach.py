import torch
from torch import nn

torch.manual_seed(24)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
bce = nn.BCEWithLogitsLoss()
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
for step in range(600):
    real = torch.randn(64, 2) * 0.3 + torch.tensor([2.0, -1.0])
    fake = G(torch.randn(64, 8)).detach()
    opt_d.zero_grad()
    loss_d = bce(D(real), torch.ones(64, 1)) + bce(D(fake), torch.zeros(64, 1))
    loss_d.backward()
    opt_d.step()
    opt_g.zero_grad()
    loss_g = bce(D(fake), torch.ones(64, 1))
    loss_g.backward()
    opt_g.step()
    if step % 100 == 0:
        print(step, loss_d.item(), loss_g.item())
print("distance", (G(torch.randn(500, 8)).mean(0) - torch.tensor([2.0, -1.0])).norm().item())
