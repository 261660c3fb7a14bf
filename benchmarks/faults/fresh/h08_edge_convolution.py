import torch
from torch import nn

torch.manual_seed(308)


class EdgeConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(2 * i, o), nn.LayerNorm(o), nn.ReLU())

    def forward(self, x, src, dst):
        message = self.mlp(torch.cat([x[dst], x[src] - x[dst]], 1))
        return torch.zeros(len(x), message.shape[1]).index_add(0, dst, message) / 4


net = nn.ModuleList([EdgeConv(3, 24), EdgeConv(24, 24)])
head = nn.Linear(24, 1)
opt = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=3e-3)
for step in range(300):
    x = torch.randn(60, 3)
    src, dst = torch.randint(0, 60, (240,)), torch.arange(60).repeat(4)
    y = torch.zeros(60, 1).index_add(0, dst, x[src, :1]) / 4
    h = x
    for conv in net:
        h = conv(h, src, dst)
    loss = nn.functional.mse_loss(head(h), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("mse", loss.item())
