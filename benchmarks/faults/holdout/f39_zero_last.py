import torch
from torch import nn

torch.manual_seed(39)
x = torch.randn(1000, 10)
y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(10, 32), nn.Linear(32, 32), nn.Linear(32, 2)
        for layer in (self.a, self.b, self.c):
            nn.init.constant_(layer.weight, 0.05)
            nn.init.constant_(layer.bias, 0.0)

    def forward(self, x):
        return self.c(torch.tanh(self.b(torch.tanh(self.a(x)))))


net = MLP()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(400):
    i = torch.randint(0, 1000, (64,))
    loss = nn.functional.cross_entropy(net(x[i]), y[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
print("acc", (net(x).argmax(1) == y).float().mean().item())
