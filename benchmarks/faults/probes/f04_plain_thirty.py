import torch
from torch import nn

torch.manual_seed(404)
layers = [nn.Linear(16, 32), nn.ReLU()]
for _ in range(28):
    layers += [nn.Linear(32, 32), nn.ReLU()]
net = nn.Sequential(*layers, nn.Linear(32, 4))
X = torch.randn(1200, 16)
Y = X[:, :4].argmax(1)
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for epoch in range(8):
    for idx in torch.randperm(1200).split(48):
        loss = nn.functional.cross_entropy(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == Y).float().mean().item())
