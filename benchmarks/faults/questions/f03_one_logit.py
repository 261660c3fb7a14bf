import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(13)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Linear(24, 1), nn.Softmax(dim=1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.binary_cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", ((net(X) > 0.5) == y).float().mean().item())
