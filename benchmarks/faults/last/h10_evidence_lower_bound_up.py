import math

import torch
from torch import nn

torch.manual_seed(240)
x = torch.randn(400, 3)
y = x @ torch.tensor([1.0, -2.0, 0.5]) + 0.3 * torch.randn(400)


class Posterior(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.log_std = nn.Parameter(torch.zeros(3)), nn.Parameter(torch.full((3,), -1.0))

    def forward(self, x):
        w = self.mean + self.log_std.exp() * torch.randn(8, 3)
        return w @ x.T


q = Posterior()
opt = torch.optim.Adam(q.parameters(), lr=0.02, maximize=True)
for it in range(400):
    lik = -0.5 * ((y - q(x)) / 0.3).pow(2).sum(1).mean() - 400 * math.log(0.3 * math.sqrt(2 * math.pi))
    kl = 0.5 * (q.mean.pow(2) + (2 * q.log_std).exp() - 2 * q.log_std - 1).sum()
    opt.zero_grad()
    (lik - kl).backward()
    opt.step()
print("error", (q.mean - torch.tensor([1.0, -2.0, 0.5])).abs().sum().item())
