import torch
from torch import nn

torch.manual_seed(405)
X = torch.randn(1000, 12)
Y = X[:, :1].abs() + X[:, 1:2].abs()
net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
step = 0
for epoch in range(40):
    for idx in torch.randperm(1000).split(50):
        if step == 300:
            with torch.no_grad():  # a checkpoint of another version is merged
                net[2].bias -= 15
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        step += 1
print("R2", 1 - (nn.functional.mse_loss(net(X), Y) / Y.var()).item())
