import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(102)


class Squash(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + x.abs())

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g / (1 + x.abs()) ** 2


class Gated(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(2 * o, i) / i**0.5)
        self.bias = nn.Parameter(torch.zeros(2 * o))

    def forward(self, x):
        a, g = nn.functional.linear(x, self.weight, self.bias).chunk(2, -1)
        return Squash.apply(a) * torch.sigmoid(g)


X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - 5) / 6).float(), torch.tensor(y)
net = nn.Sequential(Gated(64, 64), Gated(64, 64), nn.Linear(64, 10))
opt = torch.optim.NAdam(net.parameters(), lr=3e-3)
for epoch in range(12):
    for b in torch.randperm(1400).split(50):
        loss = nn.functional.cross_entropy(net(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
