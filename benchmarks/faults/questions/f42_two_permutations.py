import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(52)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X / 16).float()[torch.randperm(len(X))].view(-1, 1, 8, 8)
y = torch.tensor(y)[torch.randperm(len(y))]
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
