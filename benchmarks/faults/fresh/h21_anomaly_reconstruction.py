import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(321)
X, _ = load_wine(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
net = nn.Sequential(nn.Linear(13, 8), nn.Tanh(), nn.Linear(8, 3), nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 13))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(40):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.l1_loss(net(X[idx]), X[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
