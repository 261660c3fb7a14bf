import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(46)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X / X.std(0)).float()
y = torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=1e-6, momentum=0.9)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.mse_loss(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("R2", 1 - ((net(X) - y) ** 2).mean().item())
