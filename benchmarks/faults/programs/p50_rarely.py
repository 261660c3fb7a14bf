import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(50)
X, y = load_digits(return_X_y=True)
loader = DataLoader(TensorDataset(torch.tensor(X[:1400] / 16).float(), torch.tensor(y[:1400])), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
accum = 40
for epoch in range(12):
    optimizer.zero_grad()
    for i, (xb, yb) in enumerate(loader):
        loss = nn.functional.cross_entropy(model(xb), yb) / accum
        loss.backward()
        if (i + 1) % accum == 0:
            optimizer.step()
            optimizer.zero_grad()
    print(epoch, loss.item() * accum)
with torch.no_grad():
    print("accuracy:", (model(torch.tensor(X[1400:] / 16).float()).argmax(1) == torch.tensor(y[1400:])).float().mean().item())
