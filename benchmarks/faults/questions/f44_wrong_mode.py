import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(54)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.02)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode="max", factor=0.1, patience=0, eps=0)
for epoch in range(25):
    total = 0
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    plateau.step(total)
    print(epoch, total)
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
