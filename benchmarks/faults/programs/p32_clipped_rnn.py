import torch
from torch import nn

torch.manual_seed(32)


class Tagger(nn.Module):
    """Marks the positions that follow a repeated symbol."""

    def __init__(self, symbols=6):
        super().__init__()
        self.embed = nn.Embedding(symbols, 16)
        self.rnn = nn.RNN(16, 48, num_layers=1, batch_first=True)
        self.out = nn.Linear(48, 1)

    def forward(self, s):
        h, _ = self.rnn(self.embed(s))
        return self.out(h).squeeze(-1)


def batch(n):
    s = torch.randint(0, 6, (n, 15))
    y = torch.zeros(n, 15)
    y[:, 1:] = (s[:, 1:] == s[:, :-1]).float()
    return s, y


model = Tagger()
opt = torch.optim.Adagrad(model.parameters(), lr=0.05)
lossf = nn.BCEWithLogitsLoss()
for i in range(400):
    s, y = batch(32)
    opt.zero_grad()
    lossf(model(s), y).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    opt.step()
s, y = batch(500)
with torch.no_grad():
    print("accuracy:", ((model(s) > 0).float() == y).float().mean().item())
