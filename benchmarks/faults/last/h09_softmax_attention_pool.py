import torch
from torch import nn

torch.manual_seed(239)
V, T, K = 40, 12, 4
X = torch.randint(4, V, (1500, T))
y = torch.randint(0, K, (1500,))
X[torch.arange(1500), torch.randint(0, T, (1500,))] = y


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.score, self.fc = nn.Embedding(V, 24), nn.Linear(24, 1), nn.Linear(24, K)

    def forward(self, x):
        h = self.emb(x)
        w = torch.softmax(self.score(torch.tanh(h)), dim=1)
        return torch.log_softmax(self.fc((w * h).sum(1)), dim=-1)


net = Pool()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(8):
    for idx in torch.randperm(1500).split(50):
        opt.zero_grad()
        nn.functional.nll_loss(net(X[idx]), y[idx]).backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
