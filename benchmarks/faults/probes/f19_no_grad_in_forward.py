import torch
from torch import nn

torch.manual_seed(419)


class Pointwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Conv1d(3, 24, 1), nn.ReLU())
        self.b = nn.Sequential(nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 3))

    def forward(self, x):
        h = self.a(x).amax(2)
        return self.b(torch.tensor(h.detach().numpy()))


net = Pointwise()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(200):
    y = torch.randint(0, 3, (32,))
    x = torch.randn(32, 3, 40)
    x[torch.arange(32), y] *= 2
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
