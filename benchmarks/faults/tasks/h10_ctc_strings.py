import torch
from torch import nn

torch.manual_seed(110)
S, T = 5, 24
proto = torch.randn(S, 6) * 1.5


def make(n):
    X, Y = [], torch.randint(1, S, (n, 3))
    for y in Y:
        frames = proto[0].repeat(T, 1)
        for j, s in enumerate(y):
            frames[1 + 8 * j : 6 + 8 * j] = proto[s]
        X.append(frames + 0.3 * torch.randn(T, 6))
    return torch.stack(X), Y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(6, 32, 5, padding=2)
        self.lstm = nn.LSTM(32, 32, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(64, S)

    def forward(self, x):
        h = torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        return self.fc(self.lstm(h)[0]).log_softmax(-1)


X, Y = make(300)
net, ctc = Net(), nn.CTCLoss(zero_infinity=True)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(14):
    for idx in torch.randperm(300).split(20):
        loss = ctc(net(X[idx]).transpose(0, 1), Y[idx], torch.full((20,), T), torch.full((20,), 3))
        opt.zero_grad()
        loss.backward()
        opt.step()
hit = 0
for x, y in zip(*make(100)):
    path = torch.unique_consecutive(net(x[None])[0].argmax(-1))
    hit += path[path > 0].tolist() == y.tolist()
print("exact", hit / 100)
