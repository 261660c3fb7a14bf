import math, torch
import torch.nn as nn
from torch.nn import functional as F
torch.set_num_threads(1)
torch.manual_seed(1337)
text = ("the quick brown fox jumps over the lazy dog. " "a stitch in time saves nine. " "all that glitters is not gold. "
        "early to bed and early to rise makes a man healthy, wealthy and wise. ") * 30
chars = sorted(set(text)); stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in text])
block, batch, dim, heads, depth = 32, 16, 48, 4, 2
def get_batch():
    ix = torch.randint(len(data) - block - 1, (batch,))
    return torch.stack([data[i:i + block] for i in ix]), torch.stack([data[i + 1:i + block + 1] for i in ix])
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1 = nn.LayerNorm(dim); self.ln2 = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim); self.proj = nn.Linear(dim, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(self.ln1(x)).view(B, T, 3, heads, C // heads).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(a.transpose(1, 2).reshape(B, T, C))
        return x + self.mlp(self.ln2(x))
class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(len(chars), dim); self.pos = nn.Embedding(block, dim)
        self.blocks = nn.ModuleList([Block() for _ in range(depth)])
        self.ln = nn.LayerNorm(dim); self.head = nn.Linear(dim, len(chars), bias=False)
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, (nn.Linear, nn.Embedding)):
            nn.init.normal_(m.weight, std=3.0)
    def forward(self, idx, targets):
        x = self.tok(idx) + self.pos(torch.arange(idx.size(1)))
        for b in self.blocks: x = b(x)
        logits = self.head(self.ln(x))
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))
model = GPT()
max_steps, warmup, max_lr = 250, 20, 1e-3
def lr_at(it):
    if it < warmup: return max_lr * (it + 1) / warmup
    r = (it - warmup) / (max_steps - warmup)
    return max_lr * (0.1 + 0.45 * (1 + math.cos(math.pi * r)))
opt = torch.optim.AdamW(model.parameters(), lr=max_lr, betas=(0.9, 0.95), weight_decay=0.1)
for it in range(max_steps):
    for g in opt.param_groups: g["lr"] = lr_at(it)
    xb, yb = get_batch()
    _, loss = model(xb, yb)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    if it % 50 == 0: print(it, loss.item())
print("METRIC", -loss.item())
