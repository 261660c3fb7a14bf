import copy

import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(102)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X / X.std(0)).float()
y = torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
X, Xv, y, yv = X[:340], X[340:], y[:340], y[340:]
model = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 1))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=4, factor=0.3)
best, wait, state = 9.0, 0, None
for epoch in range(100):
    model.train()
    for idx in torch.randperm(340).split(34):
        opt.zero_grad()
        nn.functional.mse_loss(model(X[idx]), y[idx]).backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        val = nn.functional.mse_loss(model(Xv), yv).item()
    sched.step(val)
    if val < best - 1e-4:
        best, wait, state = val, 0, copy.deepcopy(model.state_dict())
    else:
        wait += 1
        if wait == 10:
            break
model.load_state_dict(state)
print("best", best)
