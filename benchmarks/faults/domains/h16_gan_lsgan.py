import torch
import torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(9)
def real_batch(n):
    a = torch.rand(n, 1) * 6.2832
    return torch.cat([a.cos(), a.sin()], 1) + 0.05 * torch.randn(n, 2)
G = nn.Sequential(nn.Linear(4, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 2))
D = nn.Sequential(nn.Linear(2, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))
optG = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
optD = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.5, 0.999))
bce = nn.MSELoss()
ones, zeros = torch.ones(64, 1), torch.zeros(64, 1)
for it in range(400):
    x = real_batch(64); z = torch.randn(64, 4)
    optD.zero_grad()
    d_loss = bce(D(x), ones) + bce(D(G(z).detach()), zeros)
    d_loss.backward(); optD.step()
    optG.zero_grad()
    g_loss = bce(D(G(z)), ones)
    g_loss.backward(); optG.step()
    if it % 100 == 0: print(it, d_loss.item(), g_loss.item())
with torch.no_grad(): r = G(torch.randn(500, 4)).norm(dim=1)
print("METRIC", -((r - 1).abs().mean()).item())
