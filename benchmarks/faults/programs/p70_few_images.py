import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(70)
d = load_digits()
g = torch.Generator().manual_seed(70)
perm = torch.randperm(len(d.target), generator=g)
x = torch.tensor(d.images).float().unsqueeze(1)[perm] / 16 + 0.5 * torch.randn(len(perm), 1, 8, 8)
y = torch.tensor(d.target)[perm]
train = DataLoader(TensorDataset(x[:120], y[:120]), 12, shuffle=True)
val = DataLoader(TensorDataset(x[120:720], y[120:720]), 200)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 32, 3, padding=1), nn.Conv2d(32, 32, 3, padding=1)
        self.f1, self.f2 = nn.Linear(32 * 16, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = torch.relu(self.c2(torch.relu(self.c1(x))))
        x = nn.functional.max_pool2d(x, 2).flatten(1)
        return self.f2(torch.relu(self.f1(x)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
ce = nn.CrossEntropyLoss()
for epoch in range(50):
    net.train()
    for a, b in train:
        opt.zero_grad()
        ce(net(a), b).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        val_loss = sum(ce(net(a), b).item() for a, b in val) / len(val)
    if epoch % 10 == 0:
        print(epoch, val_loss)
print("validation loss:", val_loss)
