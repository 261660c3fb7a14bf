import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(37)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - 4.9) / 6).float(), torch.tensor(y)
layers = []
for i in range(8):
    layers += [nn.Linear(64, 64), nn.ReLU()]
net = nn.Sequential(*layers, nn.Linear(64, 10))
for m in net.modules():
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, 0, 0.01)
        nn.init.zeros_(m.bias)
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
