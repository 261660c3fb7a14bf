import torch
from torch import nn

torch.manual_seed(74)
steps = 40
beta = torch.linspace(1e-3, 0.15, steps)
abar = torch.cumprod(1 - beta, 0)


def data(n):
    c = torch.randint(0, 2, (n, 1)).float() * 4 - 2
    return torch.cat([c, c.sign() * 1.0], 1) + 0.2 * torch.randn(n, 2)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(steps, 16)
        self.net = nn.Sequential(nn.Linear(18, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))

    def forward(self, x, t):
        return self.net(torch.cat([x, self.time(t)], 1))


net = Denoiser()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for i in range(900):
    x0, t, e = data(128), torch.randint(0, steps, (128,)), torch.randn(128, 2)
    a = abar[t].unsqueeze(1)
    loss = nn.functional.mse_loss(net(a.sqrt() * x0 + (1 - a).sqrt() * e, t), e)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    x0, t, e = data(4000), torch.randint(0, steps, (4000,)), torch.randn(4000, 2)
    a = abar[t].unsqueeze(1)
    print("noise mse:", nn.functional.mse_loss(net(a.sqrt() * x0 + (1 - a).sqrt() * e, t), e).item())
