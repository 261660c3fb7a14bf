import torch
from torch import nn

torch.manual_seed(509)
X = torch.randn(1500, 10)
Y = X[:, :2].prod(1, keepdim=True) + X[:, 2:3]
net = nn.Sequential(nn.Linear(10, 64), nn.GELU(), nn.Linear(64, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=0.5)
for epoch in range(12):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("R2", 1 - loss.item() / Y.var().item())
