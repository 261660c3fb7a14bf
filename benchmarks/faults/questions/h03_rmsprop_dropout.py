import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(103)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X / X.std(0)).float()
y = torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
train, val = torch.arange(0, 350), torch.arange(350, 442)
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.4), nn.Linear(64, 1))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
best, bad = 1e9, 0
for epoch in range(60):
    net.train()
    for idx in train[torch.randperm(350)].split(32):
        loss = nn.functional.mse_loss(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        v = nn.functional.mse_loss(net(X[val]), y[val]).item()
    best, bad = (v, 0) if v < best else (best, bad + 1)
    if bad > 6:
        break
print("validation", best)
