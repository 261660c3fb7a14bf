import torch
from torch import nn

torch.manual_seed(520)
X = torch.cat([1e5 + 500 * torch.randn(1200, 1), 1e-3 * torch.randn(1200, 1), torch.randn(1200, 2)], 1)  # Pa, A, …
Y = ((X[:, 0] - 1e5) / 500 * (X[:, 1] * 1e3) + X[:, 2] > 0).long()
net = nn.Sequential(nn.Linear(4, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(10):
    for idx in torch.randperm(1200).split(40):
        loss = nn.functional.cross_entropy(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == Y).float().mean().item())
