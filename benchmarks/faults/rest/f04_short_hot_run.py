import torch
from torch import nn

torch.manual_seed(504)
X = torch.randn(640, 12)
Y = X[:, :4].argmax(1)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 4))
opt = torch.optim.SGD(net.parameters(), lr=8.0, momentum=0.9)
for idx in (list(torch.randperm(640).split(32)) * 4)[:70]:
    loss = nn.functional.cross_entropy(net(X[idx]), Y[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
