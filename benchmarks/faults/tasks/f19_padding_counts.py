import torch
from torch import nn

torch.manual_seed(19)
vocab, tags, length = 40, 8, 60
tag_of = torch.randint(1, tags, (vocab,))
X = torch.zeros(400, length, dtype=torch.long)
Y = torch.zeros(400, length, dtype=torch.long)
for i in range(400):
    m = int(torch.randint(1, 4, ()))
    X[i, :m] = torch.randint(1, vocab, (m,))
    Y[i, :m] = tag_of[X[i, :m]]


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(vocab, 12)
        self.lstm = nn.LSTM(12, 16, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(32, tags)

    def forward(self, x):
        return self.fc(self.lstm(self.emb(x))[0])


tagger = Tagger()
opt = torch.optim.SGD(tagger.parameters(), lr=0.1)
for epoch in range(6):
    for idx in torch.randperm(400).split(20):
        logits = tagger(X[idx])
        loss = nn.functional.cross_entropy(logits.reshape(-1, tags), Y[idx].reshape(-1))
        opt.zero_grad()
        loss.backward()
        opt.step()
real = X > 0
print("tag accuracy", (tagger(X).argmax(-1) == Y)[real].float().mean().item())
