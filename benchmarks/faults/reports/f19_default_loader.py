import torch
from sklearn.datasets import load_wine
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(19)
X, y = load_wine(return_X_y=True)
X = (X - X.mean(0)) / X.std(0)
loader = DataLoader(TensorDataset(torch.tensor(X).float(), torch.tensor(y)), batch_size=8)
model = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(25):
    right = 0
    for xb, yb in loader:
        out = model(xb)
        loss = nn.functional.cross_entropy(out, yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        right += (out.argmax(1) == yb).sum().item()
    print("epoch", epoch, "loss", loss.item(), "running accuracy", right / len(y))
