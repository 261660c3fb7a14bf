import torch
from torch import nn

torch.manual_seed(236)
V, T = 30, 15


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(V, 24, padding_idx=0)
        self.lstm = nn.LSTM(24, 32, bidirectional=True, batch_first=True)
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(64, 3)

    def forward(self, x):
        return self.fc(self.drop(self.lstm(self.emb(x))[0]))


def batch(n=32):
    x = torch.randint(1, V, (n, T))
    tags = (x % 3 + x.roll(1, 1) % 2) % 3
    length = torch.randint(5, T + 1, (n, 1))
    pad = torch.arange(T) >= length
    return x.masked_fill(pad, 0), tags.masked_fill(pad, -100)


net = Tagger()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(300):
    x, y = batch()
    loss = nn.functional.cross_entropy(net(x).transpose(1, 2), y, ignore_index=-100)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
print("loss", loss.item())
