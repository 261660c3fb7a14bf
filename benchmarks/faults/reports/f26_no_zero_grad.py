import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(26)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    total = 0
    for idx in torch.randperm(len(X)).split(64):
        loss = criterion(net(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, total)
