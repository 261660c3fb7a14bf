import copy

import torch
import torch.nn as nn
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

torch.manual_seed(104)
X, y = load_diabetes(return_X_y=True)
X = X / X.std(0)
y = (y - y.mean()) / y.std()
Xtr, Xv, ytr, yv = (torch.tensor(a, dtype=torch.float32) for a in train_test_split(X, y, random_state=4))
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-3)
mse = nn.MSELoss()
best, wait, state = 1e9, 0, None
for epoch in range(200):
    model.train()
    for b in torch.randperm(len(Xtr)).split(32):
        loss = mse(model(Xtr[b]).squeeze(1), ytr[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        v = mse(model(Xv).squeeze(1), yv).item()
    if v < best:
        best, wait, state = v, 0, copy.deepcopy(model.state_dict())
    else:
        wait += 1
        if wait >= 8:
            break
model.load_state_dict(state)
print("val R2", 1 - best / yv.var().item())
