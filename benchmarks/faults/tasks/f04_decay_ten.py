import torch
from sklearn.datasets import make_regression
from torch import nn

torch.manual_seed(0)
X, y = make_regression(n_samples=1200, n_features=12, n_informative=8, noise=5.0, random_state=0)
X = torch.tensor(X, dtype=torch.float32)
y = torch.tensor(y, dtype=torch.float32)
y = ((y - y.mean()) / y.std())[:, None]
Xtr, Xte, ytr, yte = X[:1000], X[1000:], y[:1000], y[1000:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(12, 12)
        self.b = nn.Linear(12, 12)
        self.c = nn.Linear(12, 1)

    def forward(self, x):
        x = torch.relu(self.a(x))
        x = torch.relu(self.b(x))
        return self.c(x)


net = Net()
optim = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=10)
for epoch in range(20):
    for idx in torch.randperm(1000).split(50):
        optim.zero_grad()
        nn.functional.mse_loss(net(Xtr[idx]), ytr[idx]).backward()
        optim.step()
with torch.no_grad():
    r2 = 1 - ((net(Xte) - yte) ** 2).sum() / ((yte - yte.mean()) ** 2).sum()
print("r2", r2.item())
