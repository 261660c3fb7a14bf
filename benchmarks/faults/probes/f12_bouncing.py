import torch
from torch import nn

torch.manual_seed(412)
X = torch.randn(2000, 20)
Y = (X @ torch.randn(20, 3)).argmax(1)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 3))
opt = torch.optim.RMSprop(net.parameters(), lr=1.0)
for epoch in range(10):
    for idx in torch.randperm(2000).split(32):
        loss = nn.functional.cross_entropy(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("loss", nn.functional.cross_entropy(net(X), Y).item())
