import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(25)
X = torch.tensor(load_digits().data / 16).float()
sizes = [64, 48, 32, 24, 16, 24, 32, 48, 64]
layers = []
for a, b in zip(sizes, sizes[1:]):
    layers += [nn.Linear(a, b), nn.Sigmoid()]
net = nn.Sequential(*layers)
opt = torch.optim.SGD(net.parameters(), lr=0.5)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.mse_loss(net(X[idx]), X[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("mse", loss.item())
