import torch
from torch import nn

torch.manual_seed(306)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
C = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
og, oc = torch.optim.RMSprop(G.parameters(), lr=1e-3), torch.optim.RMSprop(C.parameters(), lr=1e-3)
for step in range(600):
    for _ in range(2):
        loss_c = C(G(torch.randn(64, 4)).detach()).mean() - C(torch.randn(64, 2) * 0.3 + 1).mean()
        oc.zero_grad()
        loss_c.backward()
        oc.step()
        with torch.no_grad():
            for p in C.parameters():
                p.clamp_(-0.1, 0.1)
    loss_g = -C(G(torch.randn(64, 4))).mean()
    og.zero_grad()
    loss_g.backward()
    og.step()
print("distance", (G(torch.randn(1000, 4)).mean(0) - 1).norm().item())
