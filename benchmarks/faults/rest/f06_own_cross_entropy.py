import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(506)
X = torch.randn(1000, 8)
Y = F.one_hot((X[:, :3] * 2).argmax(1), 3).float()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3), nn.Softmax(dim=1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(10):
    for idx in torch.randperm(1000).split(50):
        loss = F.cross_entropy(net(X[idx]), Y[idx])  # one-hot targets
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
