import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(501)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(13, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.02)
criterion = nn.CrossEntropyLoss()
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(16):
        loss = -criterion(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
