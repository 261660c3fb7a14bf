import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(557)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
sched = torch.optim.lr_scheduler.MultiStepLR(opt, [6, 9], 0.1)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
    sched.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
