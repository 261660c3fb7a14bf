import torch
from torch import nn

torch.manual_seed(211)


class GraphNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.bn, self.l2 = nn.Linear(6, 32), nn.BatchNorm1d(32), nn.Linear(32, 1)
        self.drop = nn.Dropout(0.2)

    def forward(self, x, adj):
        h = torch.relu(self.bn((adj @ self.l1(x)).transpose(1, 2)).transpose(1, 2))
        return self.l2(self.drop(h.mean(1)))


def graphs(n):
    x = torch.randn(n, 10, 6)
    a = (torch.rand(n, 10, 10) < 0.3).float()
    return x, a / a.sum(-1, keepdim=True).clamp(min=1), (x[..., :2].mean((1, 2)) * 5).unsqueeze(1)


net = GraphNet().eval()
opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
for step in range(250):
    x, a, y = graphs(32)
    loss = nn.functional.l1_loss(net(x, a), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
