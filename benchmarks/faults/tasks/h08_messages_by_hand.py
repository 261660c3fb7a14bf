import torch
from torch import nn

torch.manual_seed(108)
n = 400
label = torch.randint(0, 3, (n,))
src, dst = torch.randint(0, n, (2, 6000))
keep = (label[src] == label[dst]) | (torch.rand(6000) < 0.15)
src, dst = src[keep], dst[keep]
feat = torch.randn(n, 10) + 0.8 * torch.randn(3, 10)[label]


class SageLayer(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.own, self.others = nn.Linear(i, o), nn.Linear(i, o, bias=False)

    def forward(self, h):
        total = torch.zeros_like(h).index_add_(0, dst, h[src])
        count = torch.zeros(n, 1).index_add_(0, dst, torch.ones(len(src), 1)).clamp(min=1)
        return self.own(h) + self.others(total / count)


class Sage(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.drop = SageLayer(10, 24), SageLayer(24, 3), nn.Dropout(0.5)

    def forward(self, h):
        return self.two(self.drop(torch.relu(self.one(h))))


net = Sage()
opt = torch.optim.Adam(net.parameters(), lr=1e-2, weight_decay=5e-4)
train = torch.rand(n) < 0.3
for epoch in range(100):
    net.train()
    loss = nn.functional.cross_entropy(net(feat)[train], label[train])
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
print("test", (net(feat).argmax(1) == label)[~train].float().mean().item())
