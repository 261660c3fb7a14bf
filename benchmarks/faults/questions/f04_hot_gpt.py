import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(14)
text = "the quick brown fox jumps over the lazy dog and the cat sat on the mat while it rained. " * 30
chars = sorted(set(text))
ids = torch.tensor([chars.index(c) for c in text])
V, D, T = len(chars), 48, 32


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.attn = nn.MultiheadAttention(D, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(D, 4 * D), nn.GELU(), nn.Linear(4 * D, D))

    def forward(self, x, mask):
        h = self.ln1(x)
        x = x + self.attn(h, h, h, attn_mask=mask, need_weights=False)[0]
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.pos = nn.Embedding(V, D), nn.Embedding(T, D)
        self.blocks = nn.ModuleList(Block() for _ in range(2))
        self.ln, self.head = nn.LayerNorm(D), nn.Linear(D, V)

    def forward(self, idx):
        x = self.tok(idx) + self.pos(torch.arange(idx.shape[1]))
        mask = torch.triu(torch.full((idx.shape[1],) * 2, float("-inf")), 1)
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.ln(x))


model = GPT()
opt = torch.optim.AdamW(model.parameters(), lr=0.15)
for step in range(250):
    start = torch.randint(0, len(ids) - T - 1, (16,))
    x = torch.stack([ids[s : s + T] for s in start])
    y = torch.stack([ids[s + 1 : s + T + 1] for s in start])
    loss = F.cross_entropy(model(x).view(-1, V), y.view(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
