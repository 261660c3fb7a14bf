import torch
from torch import nn

torch.manual_seed(42)
X = torch.randn(1000, 10)
Y = (X[:, :3] ** 2).sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
for m in net[:4]:
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -0.1, 0.1)
        nn.init.constant_(m.bias, -2.0)
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
for epoch in range(15):
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("R2", 1 - (nn.functional.mse_loss(net(X), Y) / Y.var()).item())
