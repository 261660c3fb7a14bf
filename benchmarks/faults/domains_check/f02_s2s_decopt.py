import torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(32)
class Enc(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(12, 24); self.g = nn.GRU(24, 48, batch_first=True)
    def forward(self, x): return self.g(self.e(x))[1]
class Dec(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(12, 24); self.g = nn.GRU(24, 48, batch_first=True); self.o = nn.Linear(48, 12)
    def forward(self, y, h): return self.o(self.g(self.e(y), h)[0])
class S2S(nn.Module):
    def __init__(self): super().__init__(); self.enc = Enc(); self.dec = Dec()
    def forward(self, x, y): return self.dec(y, self.enc(x))
m = S2S()
opt = torch.optim.Adam(m.dec.parameters(), lr=5e-3)
crit = nn.CrossEntropyLoss(ignore_index=0)
for step in range(250):
    x = torch.randint(2, 12, (32, 5)); y = x.flip(1)
    inp = torch.cat([torch.ones(32, 1, dtype=torch.long), y[:, :-1]], 1)
    out = m(x, inp)
    loss = crit(out.reshape(-1, 12), y.reshape(-1))
    opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(m.parameters(), 5.0); opt.step()
print("METRIC", -loss.item())
