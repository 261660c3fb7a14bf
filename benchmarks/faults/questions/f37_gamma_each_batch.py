import torch
from torch import nn

torch.manual_seed(47)
X = torch.randn(2000, 20)
y = (X @ torch.randn(20, 4) + 0.5 * torch.randn(2000, 4)).argmax(1)
net = nn.Sequential(nn.Linear(20, 64), nn.LayerNorm(64), nn.GELU(), nn.Linear(64, 4))
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, gamma=0.7)
for epoch in range(12):
    for idx in torch.randperm(2000).split(50):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
