import torch
from torch import nn

torch.manual_seed(106)
text = "ring a ring of roses a pocket full of posies hush hush we all fall down " * 25
vocab = sorted(set(text))
ids = torch.tensor([vocab.index(c) for c in text])


class CharLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.lstm, self.out = nn.Embedding(len(vocab), 24), nn.LSTM(24, 64, batch_first=True), nn.Linear(64, len(vocab))

    def forward(self, x):
        return self.out(self.lstm(self.emb(x))[0])


net = CharLSTM()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(250):
    s = torch.randint(0, len(ids) - 31, (16,))
    x, y = torch.stack([ids[i : i + 30] for i in s]), torch.stack([ids[i + 1 : i + 31] for i in s])
    loss = nn.functional.cross_entropy(net(x).transpose(1, 2), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
print("loss", loss.item())
