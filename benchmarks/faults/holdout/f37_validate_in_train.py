import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(37)
X, y = load_digits(return_X_y=True)
Xa, Xb, ya, yb = train_test_split(X / 16, y, random_state=3)
train = DataLoader(TensorDataset(torch.tensor(Xa).float(), torch.tensor(ya)), 64, shuffle=True)
valid = DataLoader(TensorDataset(torch.tensor(Xb).float(), torch.tensor(yb)), 16)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    model.train()
    for a, b in train:
        optimizer.zero_grad()
        loss = criterion(model(a), b)
        loss.backward()
        optimizer.step()
    val = 0
    with torch.no_grad():
        for a, b in valid:
            val += criterion(model(a), b).item()
    print(epoch, loss.item(), val / len(valid))
