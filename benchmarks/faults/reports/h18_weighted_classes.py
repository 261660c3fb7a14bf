import torch
from sklearn.datasets import make_classification
from torch import nn

torch.manual_seed(118)
X, y = make_classification(3000, 12, n_informative=6, weights=[0.9], random_state=7)
X, y = torch.tensor(X).float(), torch.tensor(y)
weight = len(y) / (2 * torch.bincount(y).float())
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss(weight=weight)
for epoch in range(15):
    for idx in torch.randperm(3000).split(100):
        opt.zero_grad()
        loss_fn(net(X[idx]), y[idx]).backward()
        opt.step()
pred = net(X).argmax(1)
print("recall", ((pred == 1) & (y == 1)).sum().item() / (y == 1).sum().item())
