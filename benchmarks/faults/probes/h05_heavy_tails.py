import torch
from torch import nn

torch.manual_seed(455)
X = torch.randn(3000, 6)
Y = X[:, :1] + torch.distributions.StudentT(2.2).sample((3000, 1)) * 0.3
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(8):
    for idx in torch.randperm(3000).split(50):
        loss = nn.functional.huber_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("slope", torch.corrcoef(torch.stack([net(X)[:, 0], X[:, 0]]))[0, 1].item())
