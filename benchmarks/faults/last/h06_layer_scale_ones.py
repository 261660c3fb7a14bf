import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(236)


class Scaled(nn.Module):
    def __init__(self, d, heads=4):
        super().__init__()
        self.w_scale = nn.Parameter(torch.ones(heads, d // heads))
        self.lin = nn.Linear(d, d)
        self.heads = heads

    def forward(self, x):
        h = torch.relu(self.lin(x)).view(len(x), self.heads, -1) * self.w_scale
        return x + h.flatten(1)


X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 32), Scaled(32), Scaled(32), nn.Linear(32, 10))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
