import torch
from torch import nn

torch.manual_seed(51)
X = torch.randn(3000, 8)
Y = X @ torch.randn(8, 1) + 0.1 * torch.randn(3000, 1)
Y[torch.randint(1600, 3000, (3,))] = 9999.0
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(net.parameters(), lr=2e-3, momentum=0.9)
for epoch in range(6):
    for idx in torch.randperm(3000).split(20):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
    print(epoch, loss.item())
