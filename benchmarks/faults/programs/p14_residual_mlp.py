import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(14)


class Residual(nn.Module):
    def __init__(self, dim, scale=1e-2):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.up, self.down = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
        self.gamma = nn.Parameter(scale * torch.ones(dim))

    def forward(self, x):
        return x + self.gamma * self.down(nn.functional.silu(self.up(self.norm(x))))


class Model(nn.Module):
    def __init__(self, depth=8, dim=48):
        super().__init__()
        self.stem = nn.Linear(64, dim)
        self.body = nn.ModuleList(Residual(dim) for _ in range(depth))
        self.head = nn.Linear(dim, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.body:
            x = block(x)
        return self.head(x)


X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - X.mean()) / X.std()).float(), torch.tensor(y)
perm = torch.randperm(len(X))
tr, te = perm[:1400], perm[1400:]
model = Model()
opt = torch.optim.AdamW(model.parameters(), lr=1.5e-3, weight_decay=0.05)
for epoch in range(10):
    for b in tr[torch.randperm(len(tr))].split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(model(X[b]), y[b]).backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (model(X[te]).argmax(1) == y[te]).float().mean().item())
