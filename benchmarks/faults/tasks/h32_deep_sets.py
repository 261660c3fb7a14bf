import torch
from torch import nn

torch.manual_seed(132)


class DeepSets(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
        self.rho = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x, mask):
        h = self.phi(x[..., None]) * mask[..., None]
        return self.rho(h.sum(1) / 10).squeeze(-1)


def sets(n):
    size = torch.randint(2, 11, (n, 1))
    mask = (torch.arange(10) < size).float()
    x = torch.rand(n, 10) * mask
    return x, mask, x.max(1).values + x.sum(1) / 5


net = DeepSets()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=5e-3, total_steps=500)
for it in range(500):
    x, m, y = sets(64)
    loss = nn.functional.mse_loss(net(x, m), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    sched.step()
print("mse", loss.item())
