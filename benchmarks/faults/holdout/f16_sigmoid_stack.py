import torch
from sklearn.datasets import load_digits
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(16)
digits = load_digits()
X = torch.tensor(digits.data / 16.0, dtype=torch.float32)
Y = torch.tensor(digits.target)
loader = DataLoader(TensorDataset(X, Y), batch_size=50, shuffle=True)
sizes = [64, 50, 50, 50, 50, 50, 50, 50]
layers = []
for a, b in zip(sizes, sizes[1:]):
    layers.append(nn.Linear(a, b))
    layers.append(nn.Sigmoid())
layers.append(nn.Linear(50, 10))
model = nn.Sequential(*layers)
optimizer = optim.SGD(model.parameters(), lr=0.5)
for epoch in range(10):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch} loss {loss.item():.4f}")
print("accuracy", (model(X).argmax(1) == Y).float().mean().item())
