import torch
from sklearn.datasets import make_classification
from torch import nn

X, y = make_classification(3000, 12, n_informative=6, weights=[0.93], class_sep=1.2, random_state=126)
torch.manual_seed(126)
X, y = torch.tensor(X).float(), torch.tensor(y).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
criterion = nn.BCEWithLogitsLoss(pos_weight=(y == 0).sum() / y.sum())
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for idx in torch.randperm(3000).split(64):
        loss = criterion(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("recall", ((net(X) > 0) & (y == 1)).sum().item() / y.sum().item())
