import torch
from torch import nn

torch.manual_seed(18)
X = torch.randn(1200, 8)
Y = torch.where(X[:, :1] > 0, X[:, 1:2] * X[:, 2:3], X[:, 3:4].sin())


class Mixture(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.gate = nn.Linear(8, n)
        self.experts = [nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1)) for _ in range(n)]

    def forward(self, x):
        weights = self.gate(x).softmax(1)
        return (torch.cat([e(x) for e in self.experts], 1) * weights).sum(1, keepdim=True)


net = Mixture()
opt = torch.optim.RMSprop(net.parameters(), lr=2e-3)
for epoch in range(25):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
