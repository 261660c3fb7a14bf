import torch
from torch import nn

torch.manual_seed(208)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
C = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
og = torch.optim.RMSprop(G.parameters(), lr=5e-4)
oc = torch.optim.RMSprop(C.parameters(), lr=5e-4)
for step in range(500):
    real = torch.randn(64, 2) * 0.2 + 2
    with torch.no_grad():
        fake = G(torch.randn(64, 4))
    loss_c = C(fake).mean() - C(real).mean()
    oc.zero_grad()
    loss_c.backward()
    oc.step()
    for p in C.parameters():
        p.data.clamp_(-0.05, 0.05)
    loss_g = -C(fake).mean()
    og.zero_grad()
    loss_g.backward()
    og.step()
print("mean", G(torch.randn(500, 4)).mean().item())
