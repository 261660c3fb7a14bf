import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(132)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y)
net = nn.Sequential(nn.Linear(30, 32), nn.LeakyReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
sched = torch.optim.lr_scheduler.CyclicLR(opt, 0.001, 0.05, step_size_up=30)
for epoch in range(25):
    for idx in torch.randperm(len(X)).split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
        sched.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
