import torch
from torch import nn

torch.manual_seed(551)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = (torch.optim.Adam(m.parameters(), lr=1e-3, betas=(0.5, 0.9)) for m in (G, D))
bce = nn.functional.binary_cross_entropy_with_logits
for step in range(600):
    fake = G(torch.randn(64, 4))
    ld = bce(D(torch.randn(64, 2) * 0.5 + 1), torch.ones(64, 1)) + bce(D(fake.detach()), torch.zeros(64, 1))
    od.zero_grad()
    ld.backward()
    od.step()
    lg = -bce(D(fake), torch.zeros(64, 1))  # the minimax form
    og.zero_grad()
    lg.backward()
    og.step()
print("distance", (G(torch.randn(1000, 4)).mean(0) - 1).norm().item())
