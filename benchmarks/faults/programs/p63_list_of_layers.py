import torch
from torch import nn

torch.manual_seed(63)


class Net(nn.Module):
    def __init__(self, depth=4, width=24):
        super().__init__()
        self.first = nn.Linear(2, width)
        self.layers = [nn.Linear(width, width) for _ in range(depth)]
        self.norms = [nn.LayerNorm(width) for _ in range(depth)]
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        x = torch.tanh(self.first(x))
        for norm, layer in zip(self.norms, self.layers):
            x = torch.tanh(layer(norm(x)))
        return self.last(x)


x = torch.rand(2000, 2) * 4 - 2
y = (torch.sin(2 * x[:, 0]) * torch.cos(2 * x[:, 1])).unsqueeze(1)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(25):
    for b in torch.randperm(1600).split(50):
        loss = nn.functional.mse_loss(net(x[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("mse:", nn.functional.mse_loss(net(x[1600:]), y[1600:]).item())
