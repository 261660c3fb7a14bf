import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(511)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
layers = [nn.Linear(64, 40), nn.Tanh()]
for _ in range(14):
    layers += [nn.Linear(40, 40), nn.Tanh()]
for m in layers:
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.05)
net = nn.Sequential(*layers, nn.Linear(40, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
