import torch
from torch import nn

torch.manual_seed(142)
X = torch.randn(1500, 6)
Y = torch.where(X[:, :1] > 0, 2 * X[:, 1:2], -X[:, 2:3])


class MoE(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=-1))
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)) for _ in range(3))

    def forward(self, x):
        return (torch.cat([e(x) for e in self.experts], 1) * self.gate(x)).sum(1, keepdim=True)


net = MoE()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(20):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
