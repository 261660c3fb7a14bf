import torch
from torch import nn

torch.manual_seed(114)
U, V = torch.randn(150, 3), torch.randn(90, 3)
u, v = torch.randint(0, 150, (9000,)), torch.randint(0, 90, (9000,))
r = 3 + (U[u] * V[v]).sum(1) * 0.6 + 0.2 * torch.randn(9000)


class Factors(nn.Module):
    def __init__(self):
        super().__init__()
        self.u, self.v = nn.Embedding(150, 8), nn.Embedding(90, 8)
        self.bu, self.bv = nn.Embedding(150, 1), nn.Embedding(90, 1)
        self.mean = nn.Parameter(torch.zeros(1))
        for e in (self.u, self.v):
            nn.init.normal_(e.weight, std=0.1)
        for e in (self.bu, self.bv):
            nn.init.zeros_(e.weight)

    def forward(self, u, v):
        return self.mean + self.bu(u)[:, 0] + self.bv(v)[:, 0] + (self.u(u) * self.v(v)).sum(1)


m = Factors()
opt = torch.optim.Adam(m.parameters(), lr=2e-2)
for epoch in range(15):
    for idx in torch.randperm(8000).split(200):
        loss = nn.functional.mse_loss(m(u[idx], v[idx]), r[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("test mse", nn.functional.mse_loss(m(u[8000:], v[8000:]), r[8000:]).item())
