import torch
from torch import nn

torch.manual_seed(309)
X = torch.rand(2000, 5)
Y = torch.poisson((2 * X[:, :1] - 1.5).exp())
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
criterion = nn.PoissonNLLLoss()
for epoch in range(10):
    for idx in torch.randperm(2000).split(50):
        loss = criterion(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("correlation", torch.corrcoef(torch.stack([net(X).exp().squeeze(), (2 * X[:, 0] - 1.5).exp()]))[0, 1].item())
