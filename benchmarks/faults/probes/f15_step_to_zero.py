import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(415)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.02)
sched = torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, total_iters=40)  # iterations, thought of as epochs
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
