import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(508)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float().view(-1, 1, 8, 8), torch.tensor(y)
net = nn.Sequential(
    nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
    nn.Flatten(), nn.Linear(4, 10),
)
for name, p in net.named_parameters():
    if p.dim() > 1 and not name.startswith("8"):
        p.requires_grad_(False)
opt = torch.optim.Adam((p for p in net.parameters() if p.requires_grad), lr=5e-3)
for epoch in range(6):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
