import torch
from torch import nn

torch.manual_seed(203)
V, L = 24, 10
start = torch.randint(0, V, (1500, 1))
X = (start + 5 * torch.arange(L + 1)) % V


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(V, 16)
        self.lstm = nn.LSTM(16, 12, batch_first=True)
        self.out = nn.Linear(12, V)

    def forward(self, x):
        return self.out(self.lstm(self.embed(x))[0])


m = Model()
for module in (m.lstm, m.out):
    for p in module.parameters():
        p.requires_grad = False
opt = torch.optim.SGD(filter(lambda p: p.requires_grad, m.parameters()), lr=0.5)
for epoch in range(5):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.cross_entropy(m(X[idx, :-1]).reshape(-1, V), X[idx, 1:].reshape(-1))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
