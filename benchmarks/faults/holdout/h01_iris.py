import torch
import torch.nn as nn
from sklearn.datasets import load_iris

torch.manual_seed(101)
X, y = load_iris(return_X_y=True)
X, y = torch.FloatTensor(X), torch.LongTensor(y)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(150):
    optimizer.zero_grad()
    loss = criterion(model(X), y)
    loss.backward()
    optimizer.step()
print("acc", (model(X).argmax(1) == y).float().mean().item())
