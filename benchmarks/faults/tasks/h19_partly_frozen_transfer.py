import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(119)
d = load_digits()
X, y = torch.tensor(d.images, dtype=torch.float32)[:, None] / 16, torch.tensor(d.target)


class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.block = nn.Sequential(nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.fc = nn.Linear(128, classes)

    def forward(self, x):
        return self.fc(self.block(self.stem(x)))


def fit(net, rows, target, params, epochs):
    opt = torch.optim.Adam(params, lr=2e-3)
    for _ in range(epochs):
        for idx in rows[torch.randperm(len(rows))].split(32):
            opt.zero_grad()
            nn.functional.cross_entropy(net(X[idx]), target[idx]).backward()
            opt.step()


base = Net(6)
fit(base, torch.nonzero(y < 6).flatten(), y, base.parameters(), 5)
for p in base.stem.parameters():
    p.requires_grad = False
base.fc = nn.Linear(128, 4)
few = torch.nonzero(y >= 6).flatten()
fit(base, few[:400], y - 6, [p for p in base.parameters() if p.requires_grad], 6)
base.eval()
print("acc", (base(X[few[400:]]).argmax(1) == y[few[400:]] - 6).float().mean().item())
