import numpy as np
import torch
from sklearn.datasets import make_regression
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(27)
rng = np.random.default_rng(1)
X, y = make_regression(900, 6, noise=10, random_state=1)
X[rng.integers(0, 900, 5), 2] = np.nan
X = (X - np.nanmean(X, 0)) / np.nanstd(X, 0)
y = (y - y.mean()) / y.std()
Xa, Xb, ya, yb = (torch.tensor(t, dtype=torch.float32) for t in train_test_split(X, y, random_state=0))
reg = nn.Sequential(nn.Linear(6, 40), nn.LeakyReLU(), nn.Linear(40, 1))
opt = torch.optim.RMSprop(reg.parameters(), lr=1e-3)
for epoch in range(20):
    for idx in torch.randperm(len(Xa)).split(25):
        loss = nn.functional.mse_loss(reg(Xa[idx]).squeeze(-1), ya[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
pred = reg(Xb).squeeze(-1)
print("r2", (1 - ((pred - yb) ** 2).mean() / yb.var()).item())
