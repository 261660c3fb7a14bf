import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(129)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 10))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(10):
    for idx in torch.randperm(1400).split(50):
        x = X[idx].clone().requires_grad_(True)
        loss_fn(net(x), y[idx]).backward()
        attacked = (x + 0.05 * x.grad.sign()).detach()
        opt.zero_grad()
        loss = 0.5 * (loss_fn(net(X[idx]), y[idx]) + loss_fn(net(attacked), y[idx]))
        loss.backward()
        opt.step()
print("clean", (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
