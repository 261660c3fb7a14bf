import torch
from torch import nn

torch.manual_seed(84)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 24, batch_first=True)
        self.linear = nn.Linear(24, 1)

    def forward(self, x):
        o, _ = self.gru(x.unsqueeze(-1))
        return self.linear(o[:, -1])


def sample(n):
    t = torch.rand(n, 1) * 6.28 + torch.arange(13) * 0.4
    w = torch.sin(t) + 0.05 * torch.randn(n, 13)
    return w[:, :12], w[:, 12]


net = Forecaster()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(400):
    x, y = sample(32)
    pred = net(x)
    loss = ((pred - y) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    x, y = sample(500)
    print("mse:", ((net(x).squeeze(1) - y) ** 2).mean().item())
