import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(134)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float().view(-1, 1, 8, 8), torch.tensor(y)
net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
beta = torch.distributions.Beta(0.4, 0.4)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        lam, perm = beta.sample(), torch.randperm(len(idx))
        out = net(lam * X[idx] + (1 - lam) * X[idx][perm])
        loss = lam * criterion(out, y[idx]) + (1 - lam) * criterion(out, y[idx][perm])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
