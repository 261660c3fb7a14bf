import copy

import numpy as np
import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(4)
rng = np.random.default_rng(4)
X, y = load_diabetes(return_X_y=True)
idx = rng.permutation(len(X))
X, y = X[idx], y[idx]
mu, sd = X[:350].mean(0), X[:350].std(0)
X = torch.tensor((X - mu) / sd, dtype=torch.float32)
ym, ys = y[:350].mean(), y[:350].std()
t = torch.tensor((y - ym) / ys, dtype=torch.float32).unsqueeze(1)

model = nn.Sequential(nn.Linear(10, 32), nn.LayerNorm(32), nn.GELU(), nn.Dropout(0.3), nn.Linear(32, 1))
opt = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.1)
best, best_state, patience = float("inf"), None, 0
for epoch in range(150):
    model.train()
    for b in torch.randperm(350).split(25):
        loss = nn.functional.smooth_l1_loss(model(X[b]), t[b])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        val = nn.functional.smooth_l1_loss(model(X[350:]), t[350:]).item()
    if val < best - 1e-4:
        best, best_state, patience = val, copy.deepcopy(model.state_dict()), 0
    else:
        patience += 1
        if patience == 20:
            break
model.load_state_dict(best_state)
model.eval()
with torch.no_grad():
    res = t[350:] - model(X[350:])
print("r2:", 1 - (res.var() / t[350:].var()).item())
