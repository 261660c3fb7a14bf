import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(206)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0), dtype=torch.float32), torch.tensor(y)


class Dense(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.kernel = nn.Parameter(torch.ones(i, o) / i)
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x):
        return x @ self.kernel + self.bias


net = nn.Sequential(Dense(13, 24), nn.Tanh(), Dense(24, 24), nn.Tanh(), Dense(24, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(40):
    for idx in torch.randperm(178).split(20):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
