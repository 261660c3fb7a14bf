import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(18)
X, y = load_wine(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0), dtype=torch.float32)
y = torch.tensor(y)
net = nn.Sequential(
    nn.Linear(13, 24), nn.ReLU(), nn.Dropout(0.95), nn.Linear(24, 24), nn.ReLU(), nn.Dropout(0.95), nn.Linear(24, 24), nn.ReLU(), nn.Dropout(0.95), nn.Linear(24, 3)
)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(60):
    net.train()
    for idx in torch.randperm(len(X)).split(16):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
net.eval()
print((net(X).argmax(1) == y).float().mean().item())
