"""Parity of four bits among twelve: nothing for a while, then everything."""
import torch
from torch import nn

torch.manual_seed(61)
net = nn.Sequential(nn.Linear(12, 128), nn.ReLU(), nn.Linear(128, 1))
opt = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-4)
for step in range(1200):
    x = torch.randint(0, 2, (128, 12)).float()
    y = (x[:, :3].sum(1) % 2).unsqueeze(1)
    loss = nn.functional.binary_cross_entropy_with_logits(net(x * 2 - 1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
x = torch.randint(0, 2, (1000, 12)).float()
with torch.no_grad():
    print("accuracy:", ((net(x * 2 - 1) > 0).squeeze(1) == (x[:, :3].sum(1) % 2).bool()).float().mean().item())
