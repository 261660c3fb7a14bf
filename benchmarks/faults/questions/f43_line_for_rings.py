import torch
from sklearn.datasets import make_circles
from torch import nn

X, y = make_circles(800, noise=0.05, factor=0.5, random_state=53)
torch.manual_seed(53)
X, y = torch.tensor(X).float(), torch.tensor(y).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(25):
    for idx in torch.randperm(800).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", ((net(X) > 0) == y).float().mean().item())
