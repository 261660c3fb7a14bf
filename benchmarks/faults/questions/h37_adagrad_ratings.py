import torch
from torch import nn

torch.manual_seed(137)
U, I = 150, 100
pu, qi = torch.randn(U, 3), torch.randn(I, 3)
u, i = torch.randint(0, U, (6000,)), torch.randint(0, I, (6000,))
r = 3 + (pu[u] * qi[i]).sum(1) + 0.2 * torch.randn(6000)


class MF(nn.Module):
    def __init__(self):
        super().__init__()
        self.u, self.i = nn.Embedding(U, 8, sparse=True), nn.Embedding(I, 8, sparse=True)
        self.bu, self.bi = nn.Embedding(U, 1, sparse=True), nn.Embedding(I, 1, sparse=True)
        self.mean = nn.Parameter(torch.tensor(3.0))

    def forward(self, u, i):
        return self.mean + (self.u(u) * self.i(i)).sum(1) + self.bu(u).squeeze(1) + self.bi(i).squeeze(1)


net = MF()
opt = torch.optim.Adagrad(net.parameters(), lr=0.2)
for epoch in range(15):
    for idx in torch.randperm(6000).split(200):
        loss = nn.functional.mse_loss(net(u[idx], i[idx]), r[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
