import torch
import torch.nn as nn
from sklearn.datasets import make_regression

torch.manual_seed(12)
X, y = make_regression(n_samples=500, n_features=8, noise=5, random_state=0)
X = torch.tensor(X, dtype=torch.float)
y = torch.tensor(y / y.std(), dtype=torch.float).reshape(-1, 1)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    for i in range(0, 500, 50):
        pred = model(X[i : i + 50]).detach().numpy()
        diff = torch.tensor(pred, requires_grad=True) - y[i : i + 50]
        loss = (diff**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
print("mse", nn.functional.mse_loss(model(X), y).item())
