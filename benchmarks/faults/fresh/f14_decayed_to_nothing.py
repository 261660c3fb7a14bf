import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(214)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 100), nn.ReLU(), nn.Linear(100, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for g in opt.param_groups:
    g["initial_lr"] = g["lr"]
step = 0
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(32):
        for g in opt.param_groups:
            g["lr"] = 0.1 * 0.8**step
        step += 1
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
