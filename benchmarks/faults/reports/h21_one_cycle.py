import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(121)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X).float(), torch.tensor(y)  # raw pixels, but a batch norm first
net = nn.Sequential(nn.BatchNorm1d(64), nn.Linear(64, 100), nn.ReLU(), nn.BatchNorm1d(100), nn.Linear(100, 10))
steps = 15 * (len(X) // 64 + 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.3, total_steps=steps)
for epoch in range(15):
    net.train()
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
        sched.step()
net.eval()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
