import math

import torch
import torch.nn as nn

torch.manual_seed(28)
V, L = 20, 12


class Copy(nn.Module):
    def __init__(self, d=48):
        super().__init__()
        self.tok = nn.Embedding(V, d)
        self.pos = nn.Embedding(L, d)
        layer = nn.TransformerEncoderLayer(d, 4, 96, dropout=0.0, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 2)
        self.out = nn.Linear(d, V)

    def forward(self, x):
        return self.out(self.enc(self.tok(x) + self.pos(torch.arange(L))))


model = Copy()
opt = torch.optim.Adam(model.parameters(), lr=0.1)
for step in range(250):
    x = torch.randint(0, V, (32, L))
    y = x.flip(1)
    loss = nn.functional.cross_entropy(model(x).reshape(-1, V), y.reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item(), math.log(V))
print("loss", loss.item())
