import torch
from torch import nn

torch.manual_seed(59)


class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.a, self.b = nn.Linear(d, d), nn.Linear(d, d)
        nn.init.kaiming_normal_(self.a.weight)
        nn.init.kaiming_normal_(self.b.weight)

    def forward(self, x):
        return x + self.b(torch.relu(self.a(x)))


net = nn.Sequential(nn.Linear(16, 64), *[Block(64) for _ in range(24)], nn.Linear(64, 1))
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
X = torch.randn(800, 16)
Y = X[:, :4].sum(1, keepdim=True)
for epoch in range(6):
    for idx in torch.randperm(800).split(40):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("loss", loss.item())
