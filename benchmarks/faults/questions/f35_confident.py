import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(45)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y).float()
net = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-2)
for epoch in range(120):
    for idx in torch.randperm(len(X)).split(64):
        p = torch.sigmoid(net(X[idx])).squeeze(1)
        loss = -(y[idx] * p.log() + (1 - y[idx]) * (1 - p).log()).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
print("loss", loss.item())
