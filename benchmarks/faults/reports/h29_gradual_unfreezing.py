import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(129)
d = load_digits()
X, y = torch.tensor(d.images / 16).float()[:, None], torch.tensor(d.target)
body = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(12, 16, 3), nn.ReLU())
net = nn.Sequential(body, nn.Flatten(), nn.Linear(64, 10))
pre = torch.optim.Adam(net.parameters(), lr=3e-3)
for idx in list(torch.randperm(len(X)).split(32)) * 4:
    pre.zero_grad()
    nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
    pre.step()
turned = X.transpose(2, 3)
net[2] = nn.Linear(64, 10)
body.requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(10):
    if epoch == 4:
        body.requires_grad_(True)
        for g in opt.param_groups:
            g["lr"] = 1e-3
    for idx in torch.randperm(len(X)).split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(net(turned[idx]), y[idx]).backward()
        opt.step()
net.eval()
print("accuracy", (net(turned).argmax(1) == y).float().mean().item())
