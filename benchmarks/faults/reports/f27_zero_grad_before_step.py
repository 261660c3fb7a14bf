import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(27)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y)
model = nn.Sequential(nn.Linear(30, 20), nn.ReLU(), nn.Linear(20, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.cross_entropy(model(X[idx]), y[idx])
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    print(epoch, loss.item())
print("accuracy", (model(X).argmax(1) == y).float().mean().item())
