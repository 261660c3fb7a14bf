import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(101)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, 1e-2, total_steps=20 * 9)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(20):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
        sched.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
