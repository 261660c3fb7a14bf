import torch
from sklearn.datasets import make_moons
from torch import nn

torch.manual_seed(237)
X, y = make_moons(800, noise=0.2, random_state=3)
X, y = torch.tensor(X).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 100)
for step in range(400):
    b = torch.randint(0, 800, (64,))
    loss = nn.functional.cross_entropy(net(X[b]), y[b])
    opt.zero_grad()
    loss.backward()
    opt.step()
    sched.step()
print("acc", (net(X).argmax(1) == y).float().mean().item())
