import torch
from torch import nn

torch.manual_seed(24)
N = 120
label = torch.arange(N) % 3
same = (label[:, None] == label[None, :]).float()
adj = ((torch.rand(N, N) < 0.02 + 0.12 * same).float() + torch.eye(N)).clamp(max=1)
adj = ((adj + adj.T) > 0).float()
adj = adj / adj.sum(1, keepdim=True)
feat = nn.functional.one_hot(label, 3).float() + 0.8 * torch.randn(N, 3)


class Layer(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.lin = nn.Linear(i, o)

    def forward(self, x):
        return torch.sigmoid(adj @ self.lin(x))


class GNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Layer(3, 16)] + [Layer(16, 16) for _ in range(8)])
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.out(x)


net = GNN()
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(300):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(feat), label)
    loss.backward()
    opt.step()
print("accuracy", (net(feat).argmax(1) == label).float().mean().item())
