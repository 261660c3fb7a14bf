import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(12)
X, y = load_digits(return_X_y=True)
X = torch.from_numpy(X).float().reshape(-1, 1, 8, 8)
X = (X - X.mean()) / X.std()
y = torch.from_numpy(y)
perm = torch.randperm(len(X))
train = DataLoader(TensorDataset(X[perm[:1400]], y[perm[:1400]]), batch_size=64, shuffle=True, drop_last=True)
test = DataLoader(TensorDataset(X[perm[1400:]], y[perm[1400:]]), batch_size=256)


def conv(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


net = nn.Sequential(conv(1, 16), conv(16, 16), nn.MaxPool2d(2), conv(16, 32), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
epochs = 10
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9, nesterov=True, weight_decay=5e-4)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.15, total_steps=epochs * len(train))
for epoch in range(epochs):
    net.train()
    for xb, yb in train:
        opt.zero_grad()
        F.cross_entropy(net(xb), yb, label_smoothing=0.05).backward()
        opt.step()
        sched.step()
    net.eval()
    with torch.no_grad():
        correct = sum((net(xb).argmax(1) == yb).sum().item() for xb, yb in test)
    print(epoch, correct / len(test.dataset))
print("accuracy:", correct / len(test.dataset))
