"""Reuse features learned on the digits 0-4 for the digits 5-9."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(22)
d = load_digits()
images, labels = torch.tensor(d.images).float().unsqueeze(1) / 16, torch.tensor(d.target)


def epochs_of(model, params, x, y, n, lr):
    opt = torch.optim.Adam(params, lr=lr)
    for _ in range(n):
        model.train()
        for b in torch.randperm(len(x)).split(32):
            opt.zero_grad()
            F.cross_entropy(model(x[b]), y[b]).backward()
            opt.step()


backbone = nn.Sequential(nn.Conv2d(1, 24, 3), nn.BatchNorm2d(24), nn.ReLU(), nn.Conv2d(24, 24, 3), nn.BatchNorm2d(24), nn.ReLU(), nn.Flatten())
source = nn.Sequential(backbone, nn.Linear(24 * 16, 5))
epochs_of(source, source.parameters(), images[labels < 5], labels[labels < 5], 5, 1e-3)

for p in backbone.parameters():
    p.requires_grad = False


class Transfer(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone, self.head = backbone, nn.Linear(24 * 16, 5)

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))


model = Transfer()
x, y = images[labels >= 5], labels[labels >= 5] - 5
epochs_of(model, model.head.parameters(), x[:650], y[:650], 12, 2e-3)
model.eval()
with torch.no_grad():
    print("accuracy:", (model(x[650:]).argmax(1) == y[650:]).float().mean().item())
