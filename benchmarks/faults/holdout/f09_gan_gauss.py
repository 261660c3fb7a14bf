import torch
import torch.nn as nn

torch.manual_seed(9)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1), nn.Sigmoid())
bce = nn.BCEWithLogitsLoss()
optG = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
optD = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
center = torch.tensor([2.0, -1.0])
for it in range(500):
    real = center + 0.3 * torch.randn(64, 2)
    fake = G(torch.randn(64, 8))
    lossD = bce(D(real), torch.ones(64, 1)) + bce(D(fake.detach()), torch.zeros(64, 1))
    optD.zero_grad()
    lossD.backward()
    optD.step()
    lossG = bce(D(fake), torch.ones(64, 1))
    optG.zero_grad()
    lossG.backward()
    optG.step()
    if it % 100 == 0:
        print(it, lossD.item(), lossG.item())
print("D loss:", lossD.item())
