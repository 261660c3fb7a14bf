import torch
from torch import nn

torch.manual_seed(215)


class Squash(nn.Module):
    def forward(self, x):
        return torch.sigmoid(x)


layers = [nn.Linear(12, 40), Squash()]
for _ in range(7):
    layers += [nn.Linear(40, 40), Squash()]
net = nn.Sequential(*layers, nn.Linear(40, 3))
X = torch.randn(1500, 12)
Y = X[:, :3].argmax(1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(10):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.cross_entropy(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == Y).float().mean().item())
