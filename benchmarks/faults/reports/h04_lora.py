import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(104)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
base = nn.Sequential(nn.Linear(64, 96), nn.GELU(), nn.Linear(96, 10))
opt = torch.optim.Adam(base.parameters(), lr=2e-3)
for idx in list(torch.randperm(len(X)).split(32)) * 4:
    opt.zero_grad()
    nn.functional.cross_entropy(base(X[idx]), y[idx]).backward()
    opt.step()


class LoRA(nn.Module):
    def __init__(self, linear, rank=4):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.a = nn.Parameter(torch.randn(rank, linear.in_features) / linear.in_features**0.5)
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x):
        return self.linear(x) + x @ self.a.T @ self.b.T


adapted = nn.Sequential(LoRA(base[0]), nn.GELU(), LoRA(base[2]))
flipped = X.view(-1, 8, 8).flip(2).reshape(-1, 64)
opt = torch.optim.AdamW([p for p in adapted.parameters() if p.requires_grad], lr=5e-3)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(adapted(flipped[idx]), y[idx]).backward()
        opt.step()
print("accuracy", (adapted(flipped).argmax(1) == y).float().mean().item())
