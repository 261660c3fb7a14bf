"""Find the rare fraud among many payments."""
import torch
from sklearn.datasets import make_classification
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(40)
X, y = make_classification(6000, 12, n_informative=6, weights=[0.98], class_sep=0.7, flip_y=0.0, random_state=40)
X, y = torch.tensor(X).float(), torch.tensor(y)
loader = DataLoader(TensorDataset(X[:4500], y[:4500]), batch_size=64, shuffle=True)
model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(12):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
with torch.no_grad():
    found = model(X[4500:]).argmax(1)
    truth = y[4500:]
recall = (found[truth == 1] == 1).float().mean().item()
print("accuracy:", (found == truth).float().mean().item(), "recall:", recall)
