import torch
from torch import nn

torch.manual_seed(32)
n = 300
label = torch.randint(0, 4, (n,))
same = label[:, None] == label[None]
A = (torch.rand(n, n) < torch.where(same, 0.1, 0.02)).float()
A = ((A + A.T) > 0).float()
A.fill_diagonal_(1)
D = A.sum(1).rsqrt()
A = D[:, None] * A * D[None]
X = torch.randn(n, 12) + 1.2 * torch.randn(4, 12)[label]


class GraphConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.weight = nn.Parameter(torch.full((i, o), 0.1))
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, h):
        return A @ (h @ self.weight) + self.bias


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = GraphConv(12, 24), GraphConv(24, 4)

    def forward(self, x):
        return self.c2(torch.relu(self.c1(x)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
train = torch.rand(n) < 0.5
for epoch in range(120):
    opt.zero_grad()
    nn.functional.cross_entropy(net(X)[train], label[train]).backward()
    opt.step()
print("test accuracy", (net(X).argmax(1) == label)[~train].float().mean().item())
