import torch
from torch import nn

torch.manual_seed(33)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x):
        return self.net(x)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        with torch.no_grad():
            z = self.encoder(x)
        return self.head(z)


x = torch.randn(1000, 16)
y = (x[:, 0] * x[:, 1] > 0).long()
m = Model()
o = torch.optim.AdamW(m.parameters(), lr=3e-3)
for i in range(400):
    k = torch.randint(0, 1000, (50,))
    loss = nn.functional.cross_entropy(m(x[k]), y[k])
    o.zero_grad()
    loss.backward()
    o.step()
print("accuracy", (m(x).argmax(1) == y).float().mean().item())
