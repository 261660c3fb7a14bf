import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(86)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
zeros, others = (y == 0).nonzero().flatten(), (y != 0).nonzero().flatten()
train_idx = torch.cat([zeros[:140].repeat(10), others[:45]])
test_idx = others[800:]
loader = DataLoader(TensorDataset(X[train_idx], y[train_idx]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.05)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    for a, b in loader:
        opt.zero_grad()
        loss = criterion(model(a), b)
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy on the others:", (model(X[test_idx]).argmax(1) == y[test_idx]).float().mean().item())
