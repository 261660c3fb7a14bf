import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(425)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float().view(-1, 1, 8, 8), torch.tensor(y)
X = X + 0.5 * torch.randn_like(X)
net = nn.Sequential(nn.Conv2d(1, 48, 3, padding=1), nn.ReLU(), nn.Conv2d(48, 48, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(3072, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    net.train()
    for idx in torch.randperm(150).split(25):
        loss = criterion(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        val = criterion(net(X[900:1200]), y[900:1200])
    print(f"{epoch} train {loss.item():.4f} val {val.item():.4f}")
