import torch
from sklearn.datasets import make_classification
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

X, y = make_classification(3000, 10, n_informative=6, n_classes=3, weights=[0.9, 0.06, 0.04], class_sep=1.5, random_state=127)
torch.manual_seed(127)
X, y = torch.tensor(X).float(), torch.tensor(y)
weights = (1 / y.bincount().float())[y]
loader = DataLoader(TensorDataset(X, y), 60, sampler=WeightedRandomSampler(weights, 3000))
net = nn.Sequential(nn.Linear(10, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(8):
    net.train()
    for xb, yb in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(net(xb), yb).backward()
        opt.step()
net.eval()
pred = net(X).argmax(1)
print("balanced accuracy", sum((pred[y == c] == c).float().mean().item() for c in range(3)) / 3)
