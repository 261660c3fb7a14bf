import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(109)
X = torch.tensor(load_digits().data / 16).float()
net = nn.Sequential(nn.Linear(64, 48), nn.ELU(), nn.Linear(48, 8), nn.Linear(8, 48), nn.ELU(), nn.Linear(48, 64), nn.Sigmoid())
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.binary_cross_entropy(net(X[idx]), X[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("mse", nn.functional.mse_loss(net(X), X).item())
