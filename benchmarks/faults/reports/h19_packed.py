import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

torch.manual_seed(119)
lengths = torch.randint(3, 14, (1000,))
seqs = [torch.randint(1, 15, (n,)) for n in lengths]
y = torch.tensor([int(s[0] > 7) for s in seqs])
x = pad_sequence(seqs, batch_first=True)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(15, 12, padding_idx=0)
        self.gru = nn.GRU(12, 32, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(64, 2)

    def forward(self, x, n):
        packed = pack_padded_sequence(self.emb(x), n, batch_first=True, enforce_sorted=False)
        _, h = self.gru(packed)
        return self.fc(torch.cat([h[0], h[1]], 1))


net = Tagger()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(8):
    for idx in torch.randperm(1000).split(50):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[idx], lengths[idx]), y[idx])
        loss.backward()
        opt.step()
print("accuracy", (net(x, lengths).argmax(1) == y).float().mean().item())
