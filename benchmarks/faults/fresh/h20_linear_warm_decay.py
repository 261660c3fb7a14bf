import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.lr_scheduler import LinearLR, SequentialLR

torch.manual_seed(320)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 96), nn.SiLU(), nn.Linear(96, 10))
opt = torch.optim.AdamW(net.parameters(), lr=4e-3)
total = 10 * 29
sched = SequentialLR(opt, [LinearLR(opt, 0.01, 1, 20), LinearLR(opt, 1, 0.0, total - 20)], [20])
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
        sched.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
