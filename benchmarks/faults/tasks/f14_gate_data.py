import torch
from torch import nn

torch.manual_seed(14)


class MoE(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 4))
        self.experts = nn.ModuleList([nn.Linear(2, 1) for _ in range(4)])

    def forward(self, x):
        weights = torch.softmax(self.gate(x).data, dim=-1)
        out = torch.cat([e(x) for e in self.experts], 1)
        return (weights * out).sum(1, keepdim=True)


x = torch.rand(2000, 2) * 4 - 2
y = torch.where(x[:, :1] > 0, 2 * x[:, 1:], -3 * x[:, 1:]) + 0.1 * torch.randn(2000, 1)
y = y / y.std()
net = MoE()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(15):
    for b in torch.randperm(2000).split(100):
        opt.zero_grad()
        loss = (net(x[b]) - y[b]).square().mean()
        loss.backward()
        opt.step()
print("loss", loss.item())
