import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(89)
seq = torch.tensor([(i * i + 3 * i) % 17 for i in range(4000)])
V, T, D = 17, 16, 32


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.o = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.mlp = nn.Sequential(nn.Linear(D, 4 * D), nn.GELU(), nn.Linear(4 * D, D))

    def forward(self, x):
        q, k, v = self.qkv(self.a(x)).chunk(3, -1)
        x = x + self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True))
        return x + self.mlp(self.b(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.e, self.p = nn.Embedding(V, D), nn.Embedding(T, D)
        self.blocks = nn.Sequential(Block(), Block())
        self.n, self.h = nn.LayerNorm(D), nn.Linear(D, V)

    def forward(self, i):
        return self.h(self.n(self.blocks(self.e(i) + self.p(torch.arange(T)))))


model = Model()
opt = torch.optim.Adam(model.parameters(), lr=1e-7)
for it in range(300):
    i = torch.randint(0, 3900, (16,))
    x = torch.stack([seq[j:j + T] for j in i])
    y = torch.stack([seq[j + 1:j + T + 1] for j in i])
    loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss:", loss.item())
