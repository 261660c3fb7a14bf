import torch
from torch import nn

torch.manual_seed(42)
symbols, T = 6, 30
protos = torch.randn(symbols, 8)


def sample(n):
    xs, ys = [], []
    for _ in range(n):
        y = torch.randint(1, symbols, (4,))
        frames = protos[0].repeat(T, 1)
        for j, s in enumerate(y):
            frames[2 + 7 * j : 6 + 7 * j] = protos[s]
        xs.append(frames + 0.3 * torch.randn(T, 8))
        ys.append(y)
    return torch.stack(xs), torch.stack(ys)


class Recogniser(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 24, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(48, symbols)

    def forward(self, x):
        return self.fc(self.gru(x)[0])


X, Y = sample(300)
net = Recogniser()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
ctc = nn.CTCLoss(blank=0)
for epoch in range(8):
    for idx in torch.randperm(300).split(20):
        out = net(X[idx]).transpose(0, 1)
        loss = ctc(out, Y[idx], torch.full((20,), T), torch.full((20,), 4))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
hits = 0
for x, y in zip(X[:100], Y[:100]):
    path = torch.unique_consecutive(net(x[None])[0].argmax(1))
    hits += path[path > 0].tolist() == y.tolist()
print("sequences right", hits / 100)
