"""A word model that prints a sample after every epoch."""
import torch
from torch import nn

torch.manual_seed(85)
text = "one two three four five six seven eight nine ten nine eight seven six five four three two " * 40
words = text.split()
vocab = sorted(set(words))
ids = torch.tensor([vocab.index(w) for w in words])


class WordModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(len(vocab), 24)
        self.dropout = nn.Dropout(0.3)
        self.lstm = nn.LSTM(24, 48, batch_first=True)
        self.out = nn.Linear(48, len(vocab))

    def forward(self, x, s=None):
        o, s = self.lstm(self.dropout(self.embed(x)), s)
        return self.out(self.dropout(o)), s


def sample(model, n=8):
    model.eval()
    x, s, got = torch.tensor([[0]]), None, []
    with torch.no_grad():
        for _ in range(n):
            o, s = model(x, s)
            x = o[:, -1:].argmax(-1)
            got.append(vocab[x.item()])
    return " ".join(got)


model = WordModel()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(8):
    for i in torch.randperm(len(ids) - 11)[:640].split(16):
        x = torch.stack([ids[k:k + 10] for k in i])
        y = torch.stack([ids[k + 1:k + 11] for k in i])
        loss = nn.functional.cross_entropy(model(x)[0].transpose(1, 2), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        trained_with_dropout = float(model.training)
    print(epoch, loss.item(), sample(model))
print("dropout in the last step:", trained_with_dropout)
