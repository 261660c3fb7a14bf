"""Pretrain on digits 0-4, freeze, fine-tune a new head on 5-9."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(110)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
old, new = y < 5, y >= 5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 48), nn.ReLU())
        self.head = nn.Linear(48, 5)

    def forward(self, x):
        return self.head(self.backbone(x))


def fit(model, X, y, params, epochs, lr):
    opt = torch.optim.Adam(params, lr=lr)
    for _ in range(epochs):
        for b in torch.randperm(len(X)).split(32):
            loss = nn.functional.cross_entropy(model(X[b]), y[b])
            opt.zero_grad()
            loss.backward()
            opt.step()


model = Net()
fit(model, X[old], y[old], model.parameters(), 12, 2e-3)
for p in model.backbone.parameters():
    p.requires_grad = False
model.head = nn.Linear(48, 5)
fit(model, X[new], y[new] - 5, model.head.parameters(), 25, 1e-2)
print("acc", (model(X[new]).argmax(1) == y[new] - 5).float().mean().item())
