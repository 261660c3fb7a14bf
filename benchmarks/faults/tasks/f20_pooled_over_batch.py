import torch
from torch import nn

torch.manual_seed(20)
vocab = 80
good_words = torch.arange(0, 30)
X = torch.randint(0, vocab, (1200, 10))
y = ((X < 30).sum(1) > 3.5).float()


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(vocab, 16)
        self.fc = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        pooled = self.emb(x).mean(dim=0)  # (words, 16)
        return self.fc(pooled.mean(0)).expand(len(x))


model = Sentiment()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(10):
    for idx in torch.randperm(1200).split(40):
        loss = loss_fn(model(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", ((model(X) > 0) == y.bool()).float().mean().item())
