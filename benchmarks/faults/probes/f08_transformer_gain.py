import torch
from torch import nn

torch.manual_seed(408)
net = nn.Sequential(*[m for i in range(8) for m in (nn.Linear(20 if i == 0 else 48, 48), nn.LeakyReLU(0.5))], nn.Linear(48, 1))
for m in net:
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight, gain=4)
X = torch.randn(900, 20)
Y = X[:, :2].sum(1, keepdim=True)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    for idx in torch.randperm(900).split(45):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
