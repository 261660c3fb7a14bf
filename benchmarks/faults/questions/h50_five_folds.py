import torch
from sklearn.datasets import load_iris
from sklearn.model_selection import KFold
from torch import nn

torch.manual_seed(150)
X, y = load_iris(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)
scores = []
for train, test in KFold(3, shuffle=True, random_state=0).split(X):
    net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch in range(25):
        for idx in torch.tensor(train)[torch.randperm(len(train))].split(16):
            opt.zero_grad()
            nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
            opt.step()
    scores.append((net(X[test]).argmax(1) == y[test]).float().mean().item())
print("accuracy", sum(scores) / len(scores))
