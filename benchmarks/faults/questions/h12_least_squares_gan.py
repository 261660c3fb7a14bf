import torch
from torch import nn

torch.manual_seed(112)
G = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
D = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = (torch.optim.RMSprop(m.parameters(), lr=5e-4) for m in (G, D))
for step in range(700):
    real = 3 + 0.5 * torch.randn(64, 1)
    fake = G(torch.randn(64, 4))
    ld = 0.5 * ((D(real) - 1) ** 2).mean() + 0.5 * (D(fake.detach()) ** 2).mean()
    od.zero_grad()
    ld.backward()
    od.step()
    lg = 0.5 * ((D(G(torch.randn(64, 4))) - 1) ** 2).mean()
    og.zero_grad()
    lg.backward()
    og.step()
print("mean", (G(torch.randn(1000, 4)).mean() - 3).abs().item())
