import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(135)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0), dtype=torch.float32), torch.tensor(y)
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
rho = 0.05
for epoch in range(30):
    for idx in torch.randperm(140).split(20):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        norm = torch.stack([p.grad.norm() for p in net.parameters()]).norm()
        with torch.no_grad():
            moves = [rho * p.grad / (norm + 1e-12) for p in net.parameters()]
            for p, e in zip(net.parameters(), moves):
                p.add_(e)
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        with torch.no_grad():
            for p, e in zip(net.parameters(), moves):
                p.sub_(e)
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
