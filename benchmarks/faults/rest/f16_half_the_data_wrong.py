import torch
from torch import nn

torch.manual_seed(516)
X = torch.randn(1000, 10)
Y = (X[:, 0] > 0).float().unsqueeze(1)
X = X.roll(1, 0)  # an index that is off by one
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", ((net(X) > 0) == Y).float().mean().item())
