import torch
from torch import nn

torch.manual_seed(149)
V = 200
y = torch.randint(0, 2, (1200,))
x = torch.randint(20, V, (1200, 16))
for i in range(1200):
    k = int(torch.randint(0, 14, (1,)))
    x[i, k] = 2 + y[i]
    x[i, k + 1] = 5
    x[i, int(torch.randint(10, 17, (1,))) :] = 0 if k < 8 else x[i, -1]


class TextCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(V, 24, padding_idx=0)
        self.convs = nn.ModuleList(nn.Conv1d(24, 16, k) for k in (2, 3, 4))
        self.drop, self.out = nn.Dropout(0.5), nn.Linear(48, 2)

    def forward(self, x):
        e = self.emb(x).transpose(1, 2)
        return self.out(self.drop(torch.cat([c(e).relu().amax(2) for c in self.convs], 1)))


net = TextCNN()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    net.train()
    for idx in torch.randperm(1200).split(40):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[idx]), y[idx]).backward()
        opt.step()
net.eval()
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
