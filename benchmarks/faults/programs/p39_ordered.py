import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(39)


class Digits(Dataset):
    """Images read folder by folder, one folder a class."""

    def __init__(self, start, stop):
        X, y = load_digits(return_X_y=True)
        X, y = X[start:stop], y[start:stop]
        self.items = [(torch.tensor(X[i] / 16).float(), int(c)) for c in range(10) for i in (y == c).nonzero()[0]]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


loader = DataLoader(Digits(0, 1400), batch_size=32)
test = DataLoader(Digits(1400, 1797), batch_size=100)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(12):
    for xb, yb in loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", sum((model(a).argmax(1) == b).sum().item() for a, b in test) / 397)
