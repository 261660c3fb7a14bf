import torch
from torch import nn

torch.manual_seed(238)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
og, od = torch.optim.RMSprop(G.parameters(), lr=5e-4), torch.optim.RMSprop(D.parameters(), lr=5e-4)
mean = torch.tensor([1.0, -1.0])
for it in range(300):
    for _ in range(3):
        real = mean + 0.5 * torch.randn(64, 2)
        fake = G(torch.randn(64, 4)).detach()
        loss_d = D(fake).mean() - D(real).mean()
        od.zero_grad()
        loss_d.backward()
        od.step()
        for p in D.parameters():
            p.data.clamp_(-0.1, 0.1)
    loss_g = -D(G(torch.randn(64, 4))).mean()
    og.zero_grad()
    loss_g.backward()
    og.step()
print("distance", (G(torch.randn(1000, 4)).mean(0) - mean).norm().item())
