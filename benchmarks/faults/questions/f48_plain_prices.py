import torch
from sklearn.datasets import make_regression
from torch import nn

X, y = make_regression(1500, 12, noise=5, random_state=58)
torch.manual_seed(58)
X, y = torch.tensor(X).float(), torch.tensor(180_000 + 300 * y).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(20):
    for idx in torch.randperm(1500).split(64):
        loss = nn.functional.mse_loss(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("relative error", (loss.sqrt() / y.mean()).item())
