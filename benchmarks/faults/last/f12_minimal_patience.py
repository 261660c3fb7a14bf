import torch
from torch import nn

torch.manual_seed(212)
n, k = 800, 8
dense = torch.rand(n) > 0.5
A = (torch.rand(n, k, k) < torch.where(dense, 0.6, 0.3)[:, None, None]).float()
A = ((A + A.transpose(1, 2)) > 0).float()
F0 = torch.cat([A.sum(2, keepdim=True) / k, torch.ones(n, k, 1)], 2)


class GraphNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 32), nn.Linear(32, 32), nn.Linear(32, 2)

    def forward(self, A, h):
        h = torch.relu(self.a(A @ h / 8))
        return self.c(torch.relu(self.b(A @ h / 8)).mean(1))


net = GraphNet()
opt = torch.optim.AdamW(net.parameters(), lr=2e-6)
for epoch in range(10):
    for idx in torch.randperm(n).split(40):
        opt.zero_grad()
        nn.functional.cross_entropy(net(A[idx], F0[idx]), dense[idx].long()).backward()
        opt.step()
print("acc", (net(A, F0).argmax(1) == dense.long()).float().mean().item())
