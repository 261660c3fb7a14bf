import torch
from torch import nn

torch.manual_seed(401)
X = torch.randn(800, 10)
Y = (X[:, :3].sum(1) > 0).long()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2), nn.LogSoftmax(1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(800).split(40):
        loss = net(X[idx]).gather(1, Y[idx, None]).mean()  # the likelihood, without its minus
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == Y).float().mean().item())
