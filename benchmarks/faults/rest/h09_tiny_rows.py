import torch
from sklearn.datasets import load_iris
from torch import nn

torch.manual_seed(559)
X, y = load_iris(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)
net = nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.5)
for step in range(80):
    loss = nn.functional.cross_entropy(net(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
