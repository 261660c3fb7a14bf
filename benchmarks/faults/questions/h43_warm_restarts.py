import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(143)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.5)
sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=4)
for epoch in range(16):
    for i, idx in enumerate(torch.randperm(len(X)).split(64)):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step(epoch + i / 29)
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
