import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(107)


def reset(m):
    if isinstance(m, (nn.Linear, nn.Conv2d)):
        nn.init.zeros_(m.weight)
        nn.init.zeros_(m.bias)


d = load_digits()
x, y = torch.tensor(d.images).float().unsqueeze(1) / 16, torch.tensor(d.target)
net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 48), nn.Tanh(), nn.Linear(48, 10))
net.apply(reset)
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(8):
    for b in torch.randperm(1400).split(50):
        loss = nn.functional.cross_entropy(net(x[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (net(x[1400:]).argmax(1) == y[1400:]).float().mean().item())
