import torch
from torch import nn

torch.manual_seed(121)
U, I = 80, 60
pu, pi = torch.randn(U, 3), torch.randn(I, 3)
users, items = torch.randint(0, U, (4000,)), torch.randint(0, I, (4000,))
ratings = 3 + (pu[users] * pi[items]).sum(1) * 0.5 + 0.1 * torch.randn(4000)


class MF(nn.Module):
    def __init__(self, k=8):
        super().__init__()
        self.u, self.i = nn.Embedding(U, k), nn.Embedding(I, k)
        self.bu, self.bi = nn.Embedding(U, 1), nn.Embedding(I, 1)
        self.mean = nn.Parameter(torch.tensor(3.0))
        nn.init.normal_(self.u.weight, std=0.1)
        nn.init.normal_(self.i.weight, std=0.1)
        nn.init.zeros_(self.bu.weight)
        nn.init.zeros_(self.bi.weight)

    def forward(self, u, i):
        return (self.u(u) * self.i(i)).sum(1) + self.bu(u).squeeze(1) + self.bi(i).squeeze(1) + self.mean


mf = MF()
opt = torch.optim.Adam(mf.parameters(), lr=0.01)
for epoch in range(12):
    for b in torch.randperm(4000).split(128):
        loss = nn.functional.mse_loss(mf(users[b], items[b]), ratings[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("rmse", loss.item() ** 0.5)
