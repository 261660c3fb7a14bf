import torch
import torch.nn as nn
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
X, y = load_breast_cancer(return_X_y=True)
Xtr, Xte, ytr, yte = train_test_split(X, y, random_state=0)
sc = StandardScaler().fit(Xtr)
train_set = TensorDataset(torch.tensor(sc.transform(Xtr)).float(), torch.tensor(ytr).float())
test_set = TensorDataset(torch.tensor(sc.transform(Xte)).float(), torch.tensor(yte).float())
train_loader = DataLoader(train_set, 32, shuffle=True)
test_loader = DataLoader(test_set, 64)

model = nn.Sequential(
    nn.Linear(30, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.5),
    nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1),
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()


def test():
    model.eval()
    total, correct = 0.0, 0
    with torch.no_grad():
        for x, t in test_loader:
            out = model(x).squeeze(1)
            total += loss_fn(out, t).item() * len(x)
            correct += ((out > 0) == t.bool()).sum().item()
    return total / len(test_set), correct / len(test_set)


model.train()
for epoch in range(25):
    for x, t in train_loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x).squeeze(1), t)
        loss.backward()
        optimizer.step()
    val_loss, val_acc = test()
    print(epoch, loss.item(), val_loss, val_acc)
