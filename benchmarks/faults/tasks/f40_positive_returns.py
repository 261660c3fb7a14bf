import torch
from torch import nn

torch.manual_seed(41)
x = torch.randn(2000, 10)
returns = torch.tanh(x @ torch.randn(10, 1) * 0.5) + 0.1 * torch.randn(2000, 1)
net = nn.Sequential(nn.Linear(10, 64), nn.SiLU(), nn.Linear(64, 1), nn.Softplus())
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for epoch in range(12):
    for idx in torch.randperm(2000).split(50):
        loss = nn.functional.l1_loss(net(x[idx]), returns[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"{epoch} {loss.item():.4f}")
