import torch
from torch import nn

torch.manual_seed(122)
users, items = torch.randint(0, 80, (5000,)), torch.randint(0, 60, (5000,))
u, v = torch.randn(80, 4), torch.randn(60, 4)
rating = (u[users] * v[items]).sum(1)


class NeuralCF(nn.Module):
    def __init__(self):
        super().__init__()
        self.user, self.item = nn.Embedding(80, 16, sparse=True), nn.Embedding(60, 16, sparse=True)
        self.mlp = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, a, b):
        p, q = self.user(a), self.item(b)
        return (p * q).sum(1) / 4 + self.mlp(torch.cat([p, q], 1)).squeeze(1)


net = NeuralCF()
sparse = torch.optim.SparseAdam([*net.user.parameters(), *net.item.parameters()], lr=5e-3)
dense = torch.optim.Adam(net.mlp.parameters(), lr=2e-3)
for epoch in range(25):
    for idx in torch.randperm(5000).split(200):
        loss = nn.functional.mse_loss(net(users[idx], items[idx]), rating[idx])
        sparse.zero_grad()
        dense.zero_grad()
        loss.backward()
        sparse.step()
        dense.step()
print("mse", loss.item())
