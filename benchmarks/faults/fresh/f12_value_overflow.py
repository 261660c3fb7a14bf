import torch
from torch import nn

torch.manual_seed(212)
X = torch.rand(800, 5) * 30
Y = torch.poisson((X[:, :1] * 0.1).exp())
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(5):
    for idx in torch.randperm(800).split(40):
        rate = net(X[idx]).exp()
        loss = (rate - Y[idx] * rate.log()).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
