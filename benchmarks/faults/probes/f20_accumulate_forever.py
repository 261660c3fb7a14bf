import torch
from torch import nn

torch.manual_seed(420)
X = torch.randn(1600, 8)
Y = X[:, :1] - X[:, 1:2]
net = nn.Sequential(nn.Linear(8, 32), nn.SiLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
for epoch in range(5):
    for i, idx in enumerate(torch.randperm(1600).split(40)):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx]) / 4
        loss.backward()
        if (i + 1) % 4 == 0:
            opt.step()  # and where is zero_grad?
print("loss", loss.item() * 4)
