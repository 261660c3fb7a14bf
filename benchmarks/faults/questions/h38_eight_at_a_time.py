import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(138)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
accumulate = 8
for epoch in range(5):
    opt.zero_grad()
    for i, idx in enumerate(torch.randperm(len(X)).split(8)):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx]) / accumulate
        loss.backward()
        if (i + 1) % accumulate == 0:
            opt.step()
            opt.zero_grad()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
