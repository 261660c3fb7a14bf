import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(8)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y).float().view(-1, 1)
model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for i in range(0, len(X), 32):
        out = model(X[i : i + 32])
        loss = criterion(out, y[i : i + 32])
        loss = torch.tensor(loss.item(), requires_grad=True)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
print("accuracy", ((model(X) > 0.5).float() == y).float().mean().item())
