import torch
from torch import nn

torch.manual_seed(202)


class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
        self.user, self.item = nn.Embedding(80, 12), nn.Embedding(60, 12)
        self.user_bias = nn.Embedding(80, 1)

    def forward(self, u, i, r):
        score = (self.user(u) * self.item(i)).sum(-1, keepdim=True) + self.user_bias(u)
        return ((score - r) ** 2).mean(), score


P, Q = torch.randn(80, 2), torch.randn(60, 2)
u, i = torch.randint(0, 80, (4000,)), torch.randint(0, 60, (4000,))
r = (P[u] * Q[i]).sum(1)
model = Ranker()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for idx in torch.randperm(4000).split(100):
        loss, _ = model(u[idx], i[idx], r[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
