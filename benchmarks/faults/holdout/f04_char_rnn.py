import torch
import torch.nn as nn

torch.manual_seed(4)
text = "hello world, this is a tiny corpus for a tiny char rnn. it says hello to the world again and again. " * 10
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in text])
seq = 25


class RNN(nn.Module):
    def __init__(self, n, hidden=64):
        super().__init__()
        self.emb = nn.Embedding(n, 16)
        self.rnn = nn.RNN(16, hidden, batch_first=True)
        self.decoder = nn.Linear(hidden, n)

    def forward(self, x):
        out, _ = self.rnn(self.emb(x))
        return self.decoder(out)


model = RNN(len(chars))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
loss_avg = 0
for it in range(400):
    start = torch.randint(0, len(data) - seq - 1, (8,)).tolist()
    x = torch.stack([data[s : s + seq] for s in start])
    y = torch.stack([data[s + 1 : s + seq + 1] for s in start])
    out = model(x)
    loss = criterion(out.view(-1, len(chars)), y.view(-1))
    loss.backward()
    optimizer.step()
    loss_avg = 0.95 * loss_avg + 0.05 * loss.item() if it else loss.item()
    if it % 100 == 0:
        print("iter", it, "loss", loss_avg)
print("loss", loss_avg)
