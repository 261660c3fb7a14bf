import torch
from torch import nn

torch.manual_seed(136)


class Hyper(nn.Module):
    def __init__(self):
        super().__init__()
        self.make = nn.Sequential(nn.Linear(2, 48), nn.ReLU(), nn.Linear(48, 16 * 3 + 1))

    def forward(self, x, setting):
        w = self.make(setting)
        w1, b1, w2, b2 = w.split([16, 16, 16, 1], 1)
        h = torch.tanh(x * w1 + b1)
        return (h * w2).sum(1, keepdim=True) + b2


net = Hyper()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
losses = []
for it in range(500):
    s = torch.rand(64, 2) * 2
    x = torch.rand(64, 1) * 4 - 2
    loss = (net(x, s) - s[:, :1] * torch.sin(x + s[:, 1:])).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    losses.append(loss.item())
print("mse", sum(losses[-30:]) / 30)
