"""Digits with plain SGD."""
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(34)
X, y = load_digits(return_X_y=True)
train = TensorDataset(torch.tensor(X[:1500] / 16).float(), torch.tensor(y[:1500]))
model = nn.Sequential(nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5, momentum=0.9)
for epoch in range(25):
    model.train()
    for xb, yb in DataLoader(train, batch_size=64, shuffle=True):
        loss = loss_fn(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch}: {loss.item():.4f}")
with torch.no_grad():
    test = torch.tensor(X[1500:] / 16).float()
    print("accuracy:", (model(test).argmax(1) == torch.tensor(y[1500:])).float().mean().item())
