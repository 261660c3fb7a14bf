import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(410)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))
for p in net.parameters():
    nn.init.normal_(p, std=1e-4)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
