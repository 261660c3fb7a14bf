import torch
from torch import nn

torch.manual_seed(235)
u, v = torch.randint(0, 80, (6000,)), torch.randint(0, 60, (6000,))
r = 0.5 * torch.randn(80)[u] + 0.5 * torch.randn(60)[v] + torch.randn(6000)
bu, bv = nn.Embedding(80, 1), nn.Embedding(60, 1)
model = nn.ModuleList([bu, bv])
for e in model:
    nn.init.normal_(e.weight, std=0.01)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for idx in torch.randperm(6000).split(100):
        loss = nn.functional.mse_loss(bu(u[idx])[:, 0] + bv(v[idx])[:, 0], r[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", nn.functional.mse_loss(bu(u)[:, 0] + bv(v)[:, 0], r).item())
