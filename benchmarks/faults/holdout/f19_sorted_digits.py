import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(19)


class DigitFolders(Dataset):
    """One folder a class, as read from disk."""

    def __init__(self):
        d = load_digits()
        order = np.argsort(d.target, kind="stable")
        self.x, self.y = d.data[order] / 16, d.target[order]

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return torch.tensor(self.x[i], dtype=torch.float32), int(self.y[i])


ds = DigitFolders()
loader = DataLoader(ds, batch_size=32)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(8):
    for x, y in loader:
        loss = loss_fn(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
x, y = torch.tensor(ds.x).float(), torch.tensor(ds.y)
print("acc", (model(x).argmax(1) == y).float().mean().item())
