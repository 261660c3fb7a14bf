import torch
from torch import nn

torch.manual_seed(31)
users, items, k = 120, 80, 4
U, V = torch.randn(users, k), torch.randn(items, k)
u = torch.randint(0, users, (6000,))
v = torch.randint(0, items, (6000,))
rating = (U[u] * V[v]).sum(1) / 2 + 0.1 * torch.randn(6000)


class Tower(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = nn.Embedding(n, 16)
        self.hidden = nn.Linear(16, 32)
        self.out = nn.Linear(32, 8)
        nn.init.constant_(self.hidden.bias, -5.0)

    def forward(self, i):
        return self.out(torch.relu(self.hidden(self.table(i))))


left, right = Tower(users), Tower(items)
opt = torch.optim.Adam([*left.parameters(), *right.parameters()], lr=3e-3)
for epoch in range(15):
    for idx in torch.randperm(6000).split(200):
        pred = (left(u[idx]) * right(v[idx])).sum(1)
        loss = (pred - rating[idx]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
