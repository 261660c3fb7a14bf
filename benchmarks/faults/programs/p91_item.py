import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(91)
X, y = load_digits(return_X_y=True)
loader = DataLoader(TensorDataset(torch.tensor(X[:1400] / 16).float(), torch.tensor(y[:1400])), 50, shuffle=True)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(12):
    for a, b in loader:
        optimizer.zero_grad()
        loss = criterion(net(a), b)
        loss = torch.tensor(loss.item(), requires_grad=True)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (net(torch.tensor(X[1400:] / 16).float()).argmax(1) == torch.tensor(y[1400:])).float().mean().item())
