import torch
from torch import nn

torch.manual_seed(134)
grid = torch.stack(torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij"))


def batch(n=16):
    c, r = torch.rand(n, 2, 1, 1) * 10 + 3, torch.rand(n, 1, 1) * 2 + 1.5
    mask = ((grid - c) ** 2).sum(1) < r**2
    return mask[:, None] + 0.4 * torch.randn(n, 1, 16, 16), mask[:, None].float()


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU())
        self.mid = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.Upsample(scale_factor=2))
        self.up = nn.Conv2d(24, 1, 3, padding=1)

    def forward(self, x):
        d = self.down(x)
        return self.up(torch.cat([d, self.mid(d)], 1))


net = UNet()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(250):
    x, mask = batch()
    p = net(x).sigmoid()
    dice = 1 - (2 * (p * mask).sum() + 1) / (p.sum() + mask.sum() + 1)
    opt.zero_grad()
    dice.backward()
    opt.step()
print("dice", dice.item())
