import math

import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(108)
D, L = 48, 5


class CausalSelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(D, 3 * D), nn.Linear(D, D)

    def forward(self, x):
        B, T, _ = x.shape
        q, k, v = (z.view(B, T, 4, D // 4).transpose(1, 2) for z in self.qkv(x).split(D, 2))
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(out.transpose(1, 2).reshape(B, T, D))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.att, self.n2 = nn.LayerNorm(D), CausalSelfAttention(), nn.LayerNorm(D)
        self.ff = nn.Sequential(nn.Linear(D, 4 * D), nn.GELU(), nn.Linear(4 * D, D))

    def forward(self, x):
        x = x + self.att(self.n1(x))
        return x + self.ff(self.n2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(4, D), nn.Embedding(2 * L, D)
        self.blocks, self.ln, self.head = nn.Sequential(Block(), Block()), nn.LayerNorm(D), nn.Linear(D, 4, bias=False)

    def forward(self, idx, targets):
        x = self.blocks(self.wte(idx) + self.wpe(torch.arange(idx.size(1))))
        logits = self.head(self.ln(x))
        return logits, F.cross_entropy(logits.view(-1, 4), targets.view(-1), ignore_index=-1)


model = GPT()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95))
for step in range(400):
    lr = 3e-3 * min(1, step / 20) * (0.55 + 0.45 * math.cos(math.pi * step / 400))
    for g in opt.param_groups:
        g["lr"] = lr
    seq = torch.randint(0, 4, (48, L))
    both = torch.cat([seq, seq.sort(1).values], 1)
    x, y = both[:, :-1], both[:, 1:].clone()
    y[:, : L - 1] = -1
    logits, loss = model(x, y)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
print("loss", loss.item())
