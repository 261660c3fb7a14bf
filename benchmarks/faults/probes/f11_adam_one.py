import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(411)
X = torch.tensor(load_digits().data / 16).float().view(-1, 1, 8, 8)
net = nn.Sequential(
    nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(128, 12), nn.ReLU(), nn.Linear(12, 64), nn.Sigmoid()
)
opt = torch.optim.Adam(net.parameters(), lr=1.0)
for epoch in range(6):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.mse_loss(net(X[idx]), X[idx].flatten(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("mse", loss.item())
