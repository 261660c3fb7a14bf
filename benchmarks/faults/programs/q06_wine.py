"""Three growers, thirteen measurements of their wines."""
import torch
from sklearn.datasets import load_wine
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(106)
data = load_wine()
X, y = torch.tensor(data.data, dtype=torch.float32), torch.tensor(data.target)
order = torch.randperm(len(y))
train = TensorDataset(X[order[:130]], y[order[:130]])
X_test, y_test = X[order[130:]], y[order[130:]]


class Wines(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(13, 32)
        self.two = nn.Linear(32, 3)

    def forward(self, x):
        return self.two(torch.relu(self.one(x)))


model = Wines()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(60):
    for xb, yb in DataLoader(train, batch_size=16, shuffle=True):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (model(X_test).argmax(1) == y_test).float().mean().item())
