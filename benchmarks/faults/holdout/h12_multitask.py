import torch
from torch import nn

torch.manual_seed(112)
X = torch.randn(2000, 10)
a = (X[:, 0] + X[:, 1] ** 2 - 1).unsqueeze(1)
b = (X[:, 2] > X[:, 3]).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.a, self.b = nn.Linear(64, 1), nn.Linear(64, 2)

    def forward(self, x):
        h = self.body(x)
        return self.a(h), self.b(h)


net = Net()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for i in range(500):
    k = torch.randint(0, 2000, (64,))
    pa, pb = net(X[k])
    loss = nn.functional.mse_loss(pa, a[k]) + 0.5 * nn.functional.cross_entropy(pb, b[k])
    opt.zero_grad()
    loss.backward()
    opt.step()
print("acc", (net(X)[1].argmax(1) == b).float().mean().item())
