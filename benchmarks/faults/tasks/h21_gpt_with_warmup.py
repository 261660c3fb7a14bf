import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(121)
text = "once upon a time there was a king who had three daughters and the youngest was the fairest of all " * 20
stoi = {c: i for i, c in enumerate(sorted(set(text)))}
data = torch.tensor([stoi[c] for c in text])
B, C = 32, 48


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(C), nn.LayerNorm(C)
        self.attn = nn.MultiheadAttention(C, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(C, 4 * C), nn.GELU(), nn.Linear(4 * C, C), nn.Dropout(0.1))

    def forward(self, x):
        h = self.n1(x)
        mask = torch.triu(torch.ones(h.shape[1], h.shape[1], dtype=torch.bool), 1)
        x = x + self.attn(h, h, h, attn_mask=mask, need_weights=False)[0]
        return x + self.mlp(self.n2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.pos = nn.Embedding(len(stoi), C), nn.Parameter(torch.zeros(B, C))
        self.blocks, self.norm = nn.Sequential(Block(), Block()), nn.LayerNorm(C)

    def forward(self, i):
        return self.norm(self.blocks(self.tok(i) + self.pos[: i.shape[1]])) @ self.tok.weight.T


gpt = GPT()
nn.init.normal_(gpt.tok.weight, std=0.1)
opt = torch.optim.AdamW(gpt.parameters(), lr=4e-3, weight_decay=0.1, betas=(0.9, 0.95))
lam = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1, (s + 1) / 30) * 0.5 * (1 + math.cos(math.pi * s / 300)))
for it in range(300):
    at = torch.randint(0, len(data) - B - 1, (12,))
    x = torch.stack([data[a : a + B] for a in at])
    y = torch.stack([data[a + 1 : a + B + 1] for a in at])
    loss = F.cross_entropy(gpt(x).flatten(0, 1), y.flatten())
    opt.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(gpt.parameters(), 1.0)
    opt.step()
    lam.step()
print("loss", loss.item())
