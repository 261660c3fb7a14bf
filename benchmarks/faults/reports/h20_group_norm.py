import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(120)
d = load_digits()
X, y = torch.tensor(d.images / 16).float()[:, None], torch.tensor(d.target)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.net = nn.Sequential(nn.GroupNorm(4, c), nn.ReLU(), nn.Conv2d(c, c, 3, padding=1))

    def forward(self, x):
        return x + self.net(x)


net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), Block(16), Block(16), nn.MaxPool2d(2), Block(16), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
    nn.Linear(64, 10),
)
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    for idx in torch.randperm(len(X)).split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
