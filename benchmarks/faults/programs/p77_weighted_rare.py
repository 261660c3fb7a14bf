"""One in twenty is positive; the loss makes up for it."""
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(77)
X, y = make_classification(5000, 15, n_informative=8, weights=[0.95], class_sep=1.2, flip_y=0, random_state=77)
a, b, ya, yb = train_test_split(torch.tensor(X).float(), torch.tensor(y), test_size=0.3, random_state=0, stratify=y)
weights = torch.where(ya == 1, 19.0, 1.0)
loader = DataLoader(TensorDataset(a, ya), 50, sampler=WeightedRandomSampler(weights, len(ya)))
net = nn.Sequential(nn.Linear(15, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(12):
    for x, t in loader:
        loss = nn.functional.cross_entropy(net(x), t)
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    p = net(b).argmax(1)
print("balanced accuracy:", ((p[yb == 1] == 1).float().mean() + (p[yb == 0] == 0).float().mean()).item() / 2)
