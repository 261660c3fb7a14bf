import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(56)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X * 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
