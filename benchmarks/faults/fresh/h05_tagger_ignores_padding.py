import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(305)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(41, 24, padding_idx=0)
        self.lstm = nn.LSTM(24, 32, bidirectional=True, batch_first=True)
        self.out = nn.Linear(64, 3)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.emb(x), lengths, batch_first=True, enforce_sorted=False)
        return self.out(pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=x.shape[1])[0])


net = Tagger()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(250):
    lengths = torch.randint(4, 13, (24,))
    x = torch.randint(1, 41, (24, 12))
    pad = torch.arange(12)[None] >= lengths[:, None]
    x[pad] = 0
    y = (x > 20).long() + (x > 33).long()
    y[pad] = -100
    loss = nn.functional.cross_entropy(net(x, lengths).transpose(1, 2), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
