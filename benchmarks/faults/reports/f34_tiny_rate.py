import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(34)
d = load_digits()
X, y = torch.tensor(d.images / 16).float()[:, None], torch.tensor(d.target)
net = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(),
    nn.Flatten(), nn.Linear(256, 10),
)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-7)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
