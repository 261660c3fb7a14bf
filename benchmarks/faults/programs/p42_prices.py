import torch
from sklearn.datasets import make_friedman1
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(42)
X, y = make_friedman1(1500, 10, noise=0.5, random_state=42)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor((y - y.mean()) / y.std()).float().view(-1, 1)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 64)
        self.fc2 = nn.Linear(64, 32)
        self.fc3 = nn.Linear(32, 1)

    def forward(self, x):
        for layer in (self.fc1, self.fc2, self.fc3):
            x = torch.relu(layer(x))
        return x


model = Regressor()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.MSELoss()
for epoch in range(20):
    for xb, yb in DataLoader(TensorDataset(X[:1200], y[:1200]), 32, shuffle=True):
        loss = loss_fn(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("mse:", loss_fn(model(X[1200:]), y[1200:]).item())
