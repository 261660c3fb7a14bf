import torch
from torch import nn

torch.manual_seed(122)
N = 150
label = torch.randint(0, 2, (N,))
p = torch.where(label[:, None] == label[None], 0.12, 0.02)
A = torch.triu((torch.rand(N, N) < p).float(), 1)
A = A + A.T + torch.eye(N)
deg = A.sum(1).rsqrt()
A = deg[:, None] * A * deg[None]
feats = torch.randn(N, 16) + 0.4 * label[:, None]
mask = torch.rand(N) < 0.3


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2, self.drop = nn.Linear(16, 16), nn.Linear(16, 2), nn.Dropout(0.5)

    def forward(self, x):
        return A @ self.l2(self.drop(torch.relu(A @ self.l1(x))))


net = GCN()
opt = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=5e-4)
for epoch in range(150):
    net.train()
    opt.zero_grad()
    nn.functional.cross_entropy(net(feats)[mask], label[mask]).backward()
    opt.step()
net.eval()
print("accuracy", (net(feats).argmax(1) == label)[~mask].float().mean().item())
