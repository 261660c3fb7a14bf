"""Reverse a string with an encoder and a decoder."""
import torch
from torch import nn

torch.manual_seed(55)
V, L = 8, 6


class Seq2Seq(nn.Module):
    def __init__(self, h=64):
        super().__init__()
        self.embed = nn.Embedding(V + 1, 24)
        self.encoder = nn.GRU(24, h, batch_first=True)
        self.decoder = nn.GRU(24, h, batch_first=True)
        self.out = nn.Linear(h, V)

    def forward(self, src, tgt):
        _, state = self.encoder(self.embed(src))
        start = torch.full((len(src), 1), V)
        o, _ = self.decoder(self.embed(torch.cat([start, tgt[:, :-1]], 1)), state)
        return self.out(o)


model = Seq2Seq()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
crit = nn.CrossEntropyLoss()
for step in range(400):
    s = torch.randint(0, V, (48, L))
    t = s.flip(1)
    loss = crit(model(s, t).transpose(1, 2), t)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
with torch.no_grad():
    s = torch.randint(0, V, (400, L))
    print("accuracy:", (model(s, s.flip(1)).argmax(-1) == s.flip(1)).float().mean().item())
