import torch
from torch import nn

torch.manual_seed(458)
enc = nn.Sequential(nn.Linear(6, 32), nn.ELU(), nn.Linear(32, 8))
dyn = nn.Sequential(nn.Linear(8, 32), nn.ELU(), nn.Linear(32, 8))
dec = nn.Linear(8, 6)
A = torch.linalg.qr(torch.randn(6, 6))[0]
opt = torch.optim.Adam([*enc.parameters(), *dyn.parameters(), *dec.parameters()], lr=3e-3)
for step in range(500):
    s = torch.randn(64, 6)
    z, n = enc(s), enc(s @ A)
    loss = nn.functional.mse_loss(dyn(z), n) + nn.functional.mse_loss(dec(z), s)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
