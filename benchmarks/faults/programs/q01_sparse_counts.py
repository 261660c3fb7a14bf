"""One-hot rows of a rating table: nearly all inputs are zero."""
import torch
from torch import nn

torch.manual_seed(101)
users, items, k = 60, 80, 3
U, I = torch.randn(users, k), torch.randn(items, k)


def rows(n):
    u, i = torch.randint(0, users, (n,)), torch.randint(0, items, (n,))
    x = torch.zeros(n, users + items)
    x[torch.arange(n), u] = 1
    x[torch.arange(n), users + i] = 1
    return x, ((U[u] * I[i]).sum(1, keepdim=True) / k**0.5 + 0.1 * torch.randn(n, 1)), u, i


class FactorNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.user, self.item = nn.Linear(users, 16, bias=False), nn.Linear(items, 16, bias=False)
        self.mix = nn.Sequential(nn.Linear(48, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x):
        u, i = self.user(x[:, :users]), self.item(x[:, users:])
        return self.mix(torch.cat([u, i, u * i], 1))


net = FactorNet()
nn.init.normal_(net.user.weight, std=0.5)
nn.init.normal_(net.item.weight, std=0.5)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(700):
    x, y, *_ = rows(128)
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    x, y, *_ = rows(3000)
    print("r2:", 1 - ((net(x) - y).var() / y.var()).item())
