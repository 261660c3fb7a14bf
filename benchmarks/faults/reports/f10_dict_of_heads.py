import torch
import torch.nn as nn

torch.manual_seed(10)


class MultiHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(12, 32), nn.ReLU())
        self.heads = {"price": nn.Linear(32, 1), "size": nn.Linear(32, 1)}

    def forward(self, x):
        h = self.trunk(x)
        return {name: head(h) for name, head in self.heads.items()}


x = torch.randn(1000, 12)
targets = {"price": x[:, :3].sum(1, keepdim=True), "size": (x[:, 4] * x[:, 5]).unsqueeze(1)}
net = MultiHead()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
mse = nn.MSELoss()
for epoch in range(20):
    for idx in torch.randperm(1000).split(50):
        out = net(x[idx])
        loss = sum(mse(out[k], targets[k][idx]) for k in out)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
