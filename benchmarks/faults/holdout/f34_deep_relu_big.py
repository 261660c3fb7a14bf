import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(34)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
layers = [nn.Linear(64, 64), nn.ReLU()]
for _ in range(12):
    layers += [nn.Linear(64, 64), nn.ReLU()]
net = nn.Sequential(*layers, nn.Linear(64, 10))
for m in net.modules():
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.6)
        nn.init.zeros_(m.bias)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(6):
    for b in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("loss", loss.item())
