import torch
from sklearn.datasets import make_classification
from torch import nn

torch.manual_seed(125)
X, y = make_classification(3200, 20, n_informative=10, n_classes=4, class_sep=1.5, random_state=5)
X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
accumulate = 8
for epoch in range(20):
    for i, idx in enumerate(torch.randperm(3200).split(16)):
        (nn.functional.cross_entropy(net(X[idx]), y[idx]) / accumulate).backward()
        if (i + 1) % accumulate == 0:
            opt.step()
            opt.zero_grad()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
