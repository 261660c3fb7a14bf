import torch
from torch import nn

torch.manual_seed(218)
w = torch.randn(16, 1)
net = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 1))
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for step in range(1200):
    x = torch.randn(32, 16)
    y = x @ w
    if step in (700, 701):
        y = y * 300  # another unit
    loss = nn.functional.smooth_l1_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 200 == 0:
        print(step, loss.item())
