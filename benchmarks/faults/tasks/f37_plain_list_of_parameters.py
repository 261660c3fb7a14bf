import torch
from torch import nn

torch.manual_seed(38)


class Prototypes(nn.Module):
    def __init__(self, classes=6, dim=8):
        super().__init__()
        self.embed = nn.Linear(10, dim)
        self.protos = [nn.Parameter(torch.randn(dim)) for _ in range(classes)]

    def forward(self, x):
        z = self.embed(x)
        return -torch.stack([(z - p).pow(2).sum(1) for p in self.protos], 1)


y = torch.randint(0, 6, (900,))
x = torch.randn(6, 10)[y] + 0.8 * torch.randn(900, 10)
model = Prototypes()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(15):
    for idx in torch.randperm(900).split(30):
        loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
