import torch
from torch import nn

torch.manual_seed(316)
w = torch.randn(20, 4)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 4))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for step in range(120):  # a short stream of new rows
    x = torch.randn(64, 20)
    y = (x @ w).argmax(1)
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
