import torch
from torch import nn

torch.manual_seed(240)
C = 60
centers = torch.randn(C, 20) * 2
net = nn.Sequential(nn.Linear(20, 128), nn.LayerNorm(128), nn.GELU(), nn.Linear(128, C))
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for step in range(350):
    y = torch.randint(0, C, (64,))
    x = centers[y] + torch.randn(64, 20)
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
