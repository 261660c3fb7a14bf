import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.utils import shuffle
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(30)
X, y = load_digits(return_X_y=True)
X = shuffle(X / 16, random_state=1)
y = shuffle(y, random_state=2)
dl = DataLoader(TensorDataset(torch.tensor(X).float(), torch.tensor(y)), 64, shuffle=True)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(12):
    losses = []
    for xb, yb in dl:
        loss = nn.functional.cross_entropy(model(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(epoch, np.mean(losses))
print("loss", np.mean(losses))
