import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(403)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X / X.std(0)).float()
y = torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
X[torch.randint(0, 442, (4,)), 2] = float("nan")
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(12):
    for idx in torch.randperm(442).split(16):
        loss = nn.functional.mse_loss(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
