import torch
from torch import nn

torch.manual_seed(92)


class Sentiment(nn.Module):
    """Counts good words against bad ones."""

    def __init__(self, vocab=30, h=32):
        super().__init__()
        self.emb = nn.Embedding(vocab, 16)
        self.lstm = nn.LSTM(16, h, batch_first=True)
        self.fc = nn.Linear(h, 1)

    def forward(self, x):
        _, (h, _) = self.lstm(self.emb(x))
        return self.fc(h[-1]).squeeze(-1)


def reviews(n):
    x = torch.randint(0, 30, (n, 14))
    return x, ((x < 10).sum(1) > ((x >= 10) & (x < 20)).sum(1)).float()


net = Sentiment()
opt = torch.optim.RMSprop(net.parameters(), lr=0.5)
loss_fn = nn.BCEWithLogitsLoss()
for step in range(350):
    x, y = reviews(32)
    opt.zero_grad()
    loss = loss_fn(net(x), y)
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
x, y = reviews(1000)
with torch.no_grad():
    print("accuracy:", ((net(x) > 0).float() == y).float().mean().item())
