import torch
from torch import nn

torch.manual_seed(113)
T = 200
alpha = torch.cumprod(1 - torch.linspace(1e-4, 0.04, T), 0)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.freq = 2.0 ** torch.arange(5)
        self.net = nn.Sequential(nn.Linear(12, 96), nn.SiLU(), nn.Linear(96, 96), nn.SiLU(), nn.Linear(96, 2))

    def forward(self, x, t):
        a = t.float().unsqueeze(1) / T * self.freq
        return self.net(torch.cat([x, a.sin(), a.cos()], 1))


net = Denoiser()
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for it in range(900):
    x0 = torch.randn(128, 2) * 0.1 + torch.tensor([[1.0, -1.0], [-1.0, 1.0]])[torch.randint(0, 2, (128,))]
    t = torch.randint(0, T, (128,))
    noise, a = torch.randn(128, 2), alpha[t].unsqueeze(1)
    loss = nn.functional.mse_loss(net(a.sqrt() * x0 + (1 - a).sqrt() * noise, t), noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 100 == 0:
        print(it, loss.item())
print("loss", loss.item())
