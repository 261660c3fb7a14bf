import torch
from torch import nn

torch.manual_seed(103)


def batch(n):
    yy, xx = torch.meshgrid(torch.arange(20), torch.arange(20), indexing="ij")
    c = torch.randint(4, 16, (n, 2))
    m = ((yy - c[:, :1, None]) ** 2 + (xx - c[:, 1:, None]) ** 2 < 16).float()[:, None]
    return m + 0.5 * torch.randn_like(m), m


net = nn.Sequential(
    nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 1, 1)
)
opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
for it in range(120):
    x, m = batch(16)
    logit = net(x)
    p = logit.sigmoid()
    dice = 1 - (2 * (p * m).sum() + 1) / (p.sum() + m.sum() + 1)
    loss = dice + nn.functional.binary_cross_entropy_with_logits(logit, m)
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
x, m = batch(64)
with torch.no_grad():
    p = (net(x) > 0).float()
print("iou", ((p * m).sum() / ((p + m) > 0).sum()).item())
