import torch
from torch import nn

torch.manual_seed(48)
V, L = 20, 8
src = torch.randint(2, V, (800, L))
tgt = src.flip(1)


class Seq2Seq(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.src_emb, self.tgt_emb = nn.Embedding(V, d), nn.Embedding(V, d)
        self.encoder = nn.GRU(d, d, batch_first=True)
        self.decoder = nn.GRU(d, d, batch_first=True)
        self.attention = nn.MultiheadAttention(d, 4, batch_first=True)
        self.out = nn.Linear(2 * d, V)

    def forward(self, src, tgt):
        memory, h = self.encoder(self.src_emb(src))
        states, _ = self.decoder(self.tgt_emb(tgt), h)
        context = memory.mean(1, keepdim=True).expand_as(states)
        return self.out(torch.cat([states, context], -1))


model = Seq2Seq()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    for idx in torch.randperm(800).split(40):
        inp = torch.cat([torch.ones(len(idx), 1, dtype=torch.long), tgt[idx, :-1]], 1)
        loss = nn.functional.cross_entropy(model(src[idx], inp).flatten(0, 1), tgt[idx].flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
