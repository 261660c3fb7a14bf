"""Which side of a circle?"""
import torch
from torch import nn

torch.manual_seed(41)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(2, 24)
        self.mid = nn.Linear(24, 24)
        self.act = nn.ReLU()
        self.out = nn.Linear(24, 1)

    def forward(self, x):
        x = self.inp(x)
        x = self.mid(x)
        return self.out(x)


pts = torch.rand(1500, 2) * 2 - 1
inside = (pts.norm(dim=1) < 0.75).float().unsqueeze(1)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(25):
    for b in torch.randperm(1200).split(40):
        loss = bce(net(pts[b]), inside[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", ((net(pts[1200:]) > 0).float() == inside[1200:]).float().mean().item())
