import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(21)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)
order = torch.randperm(len(X))
train, val = order[:130], order[130:]
net = nn.Sequential(nn.Linear(13, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
net.train()
for epoch in range(40):
    for idx in train[torch.randperm(130)].split(16):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        net.eval()
        with torch.no_grad():
            acc = (net(X[val]).argmax(1) == y[val]).float().mean().item()
        print(epoch, acc)
print("accuracy", acc)
