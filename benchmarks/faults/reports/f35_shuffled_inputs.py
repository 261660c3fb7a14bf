import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(35)
X, y = load_breast_cancer(return_X_y=True)
X = ((X - X.mean(0)) / X.std(0)).astype(np.float32)
model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(model.parameters(), lr=0.002)
rng = np.random.RandomState(0)
for epoch in range(25):
    rng.shuffle(X)
    for i in range(0, len(X), 32):
        xb, yb = torch.from_numpy(X[i : i + 32]), torch.from_numpy(y[i : i + 32])
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
