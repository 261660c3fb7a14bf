import torch
from torch import nn

torch.manual_seed(109)
V, L, START = 12, 6, 0


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.g = nn.Embedding(V, 32), nn.GRU(32, 64, batch_first=True)

    def forward(self, x):
        return self.g(self.e(x))[1]


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.g, self.o = nn.Embedding(V, 32), nn.GRU(32, 64, batch_first=True), nn.Linear(64, V)

    def forward(self, token, h):
        y, h = self.g(self.e(token), h)
        return self.o(y), h


enc, dec = Encoder(), Decoder()
opt_e = torch.optim.Adam(enc.parameters(), lr=4e-3)
opt_d = torch.optim.Adam(dec.parameters(), lr=4e-3)
for it in range(500):
    src = torch.randint(1, V, (64, L))
    tgt = src.sort(1).values
    h = enc(src)
    token, loss = torch.full((64, 1), START), 0
    forced = torch.rand(()) < 0.7
    for t in range(L):
        out, h = dec(token, h)
        loss = loss + nn.functional.cross_entropy(out[:, 0], tgt[:, t])
        token = tgt[:, t : t + 1] if forced else out.argmax(-1).detach()
    opt_e.zero_grad()
    opt_d.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(list(enc.parameters()) + list(dec.parameters()), 5.0)
    opt_e.step()
    opt_d.step()
with torch.no_grad():
    src = torch.randint(1, V, (300, L))
    tgt, h, token, right = src.sort(1).values, enc(src), torch.full((300, 1), START), 0.0
    for t in range(L):
        out, h = dec(token, h)
        token = out.argmax(-1)
        right += (token[:, 0] == tgt[:, t]).float().mean().item() / L
print("tokens right", right)
