import math

import torch
from torch import nn

torch.manual_seed(131)
x = torch.rand(60, 1) * 6
y = torch.sin(2 * x[:, 0]) + 0.15 * torch.randn(60)


class GP(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_length = nn.Parameter(torch.zeros(()))
        self.log_scale = nn.Parameter(torch.zeros(()))
        self.log_noise = nn.Parameter(torch.tensor(-0.5))

    def forward(self, x):
        d = torch.cdist(x, x).pow(2)
        k = self.log_scale.exp() * torch.exp(-0.5 * d / self.log_length.exp() ** 2)
        return k + (self.log_noise.exp() ** 2 + 1e-4) * torch.eye(len(x))


gp = GP()
opt = torch.optim.Adam(gp.parameters(), lr=0.05)
for it in range(150):
    L = torch.linalg.cholesky(gp(x))
    a = torch.cholesky_solve(y[:, None], L)
    nll = 0.5 * (y[:, None] * a).sum() + L.diagonal().log().sum() + 30 * math.log(2 * math.pi)
    opt.zero_grad()
    nll.backward()
    opt.step()
print("noise", gp.log_noise.exp().item())
