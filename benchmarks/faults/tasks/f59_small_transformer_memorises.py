import torch
from torch import nn

torch.manual_seed(60)
vocab = 50
X = torch.randint(1, vocab, (260, 12))
y = ((X < 25).sum(1) > 6).long()
flip = torch.rand(260) < 0.2
y = torch.where(flip, 1 - y, y)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(vocab, 64)
        layer = nn.TransformerEncoderLayer(64, 4, 128, dropout=0.0, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 2)
        self.fc = nn.Linear(64, 2)

    def forward(self, x):
        return self.fc(self.enc(self.emb(x)).mean(1))


net = Encoder()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(60):
    net.train()
    for idx in torch.randperm(60).split(12):
        opt.zero_grad()
        criterion(net(X[idx]), y[idx]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        out = net(X[60:])
        val = criterion(out, y[60:]).item()
        acc = (out.argmax(1) == y[60:]).float().mean().item()
print("val", val, "acc", acc)
