import torch
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from torch import nn

torch.manual_seed(117)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor(scale(X)).float(), torch.tensor(y).float()
net = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
lf = nn.BCEWithLogitsLoss()
perm = torch.randperm(len(X))
tr, va = perm[:420], perm[420:]
for epoch in range(30):
    net.train()
    for b in tr[torch.randperm(420)].split(32):
        opt.zero_grad()
        lf(net(X[b]).view(-1), y[b]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        vl = lf(net(X[va]).view(-1), y[va])
    if epoch % 10 == 0:
        print(epoch, vl.item())
print("acc", ((net(X[va]).view(-1) > 0) == y[va].bool()).float().mean().item())
