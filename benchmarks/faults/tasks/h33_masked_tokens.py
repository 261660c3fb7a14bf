import torch
from torch import nn

torch.manual_seed(133)
V, L, MASK = 16, 12, 0
start = torch.randint(1, V, (2000, 1))
stride = torch.randint(1, 4, (2000, 1))
X = (start + stride * torch.arange(L)) % (V - 1) + 1


class Bert(nn.Module):
    def __init__(self, d=48):
        super().__init__()
        self.tok, self.pos = nn.Embedding(V, d), nn.Embedding(L, d)
        layer = nn.TransformerEncoderLayer(d, 4, 96, dropout=0.0, batch_first=True, norm_first=True)
        self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(d, V)

    def forward(self, x):
        return self.out(self.enc(self.tok(x) + self.pos.weight))


net = Bert()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for it in range(400):
    x = X[torch.randint(0, 1800, (48,))]
    hide = torch.rand(x.shape) < 0.2
    out = net(x.masked_fill(hide, MASK))
    loss = nn.functional.cross_entropy(out[hide], x[hide])
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    x = X[1800:]
    hide = torch.rand(x.shape) < 0.2
    print("recovered", (net(x.masked_fill(hide, MASK)).argmax(-1) == x)[hide].float().mean().item())
