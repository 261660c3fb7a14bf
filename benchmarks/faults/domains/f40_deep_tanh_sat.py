import torch, torch.nn as nn
from sklearn.datasets import make_moons
torch.set_num_threads(1); torch.manual_seed(17)
X, y = make_moons(1200, noise=0.15, random_state=0); X = torch.tensor(X).float(); y = torch.tensor(y)
def build(depth=5, width=32, act=nn.Tanh):
    layers = [nn.Linear(2, width), act()]
    for _ in range(depth): layers += [nn.Linear(width, width), act()]
    return nn.Sequential(*layers, nn.Linear(width, 2))
net = build()
for m in net:
    if isinstance(m, nn.Linear): nn.init.normal_(m.weight, 0, 4.0)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(12):
    for idx in torch.randperm(1000).split(32):
        optimizer.zero_grad(); loss = nn.functional.cross_entropy(net(X[idx]), y[idx]); loss.backward(); optimizer.step()
print("METRIC", (net(X[1000:]).argmax(1) == y[1000:]).float().mean().item())
