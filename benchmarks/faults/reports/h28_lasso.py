import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(128)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y).float().unsqueeze(1)
model = nn.Linear(30, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(30):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.binary_cross_entropy(torch.sigmoid(model(X[idx])), y[idx]) + 1e-3 * model.weight.abs().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print("accuracy", ((model(X) > 0).float() == y).float().mean().item())
