import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(37)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)


class Adapter(nn.Module):
    def __init__(self, base, rank=8):
        super().__init__()
        self.base = base
        self.down = nn.Linear(base.in_features, rank, bias=False)
        self.up = nn.Linear(rank, base.out_features, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x))


model = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 10))
pre = torch.optim.Adam(model.parameters(), lr=2e-3)
small = y < 5
for _ in range(5):
    for idx in torch.nonzero(small).flatten().split(64):
        pre.zero_grad()
        nn.functional.cross_entropy(model(X[idx]), y[idx]).backward()
        pre.step()

for p in model.parameters():
    p.requires_grad = False
model[4].bias.requires_grad = True
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for i in (0, 2, 4):
    model[i] = Adapter(model[i])
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), (model(X).argmax(1) == y).float().mean().item())
