import torch
from torch import nn

torch.manual_seed(238)
G = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
C = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, oc = torch.optim.RMSprop(G.parameters(), lr=5e-4), torch.optim.RMSprop(C.parameters(), lr=5e-4)
for it in range(400):
    for _ in range(3):
        real, fake = 2 + 0.5 * torch.randn(64, 1), G(torch.randn(64, 2)).detach()
        loss = C(fake).mean() - C(real).mean()
        oc.zero_grad()
        loss.backward()
        oc.step()
        with torch.no_grad():
            for p in C.parameters():
                p.clamp_(-0.1, 0.1)
    og.zero_grad()
    (-C(G(torch.randn(64, 2))).mean()).backward()
    og.step()
print("distance", (G(torch.randn(1000, 2)).mean() - 2).abs().item())
