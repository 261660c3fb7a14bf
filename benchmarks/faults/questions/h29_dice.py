import torch
from torch import nn

torch.manual_seed(129)
net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.GroupNorm(4, 16), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.GroupNorm(4, 16),
    nn.ReLU(), nn.Conv2d(16, 1, 1),
)
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for step in range(200):
    mask = torch.zeros(12, 1, 16, 16)
    for i in range(12):
        r, c = torch.randint(0, 12, (2,)).tolist()
        mask[i, 0, r : r + 4, c : c + 4] = 1
    x = mask + 0.5 * torch.randn_like(mask)
    logits = net(x)
    p = logits.sigmoid()
    dice = 1 - (2 * (p * mask).sum((1, 2, 3)) + 1) / (p.sum((1, 2, 3)) + mask.sum((1, 2, 3)) + 1)
    loss = dice.mean() + nn.functional.binary_cross_entropy_with_logits(logits, mask)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
