import torch
from torch import nn

torch.manual_seed(117)
V, T = 12, 8


class Reverse(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.pos = nn.Embedding(V, 32), nn.Embedding(T, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.out = nn.LayerNorm(32), nn.Linear(32, V)

    def forward(self, x):
        return self.out(self.norm(self.blocks(self.tok(x) + self.pos(torch.arange(T)))))


model = Reverse()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / 50))
for step in range(500):
    x = torch.randint(0, V, (64, T))
    logits = model(x)
    loss = nn.functional.cross_entropy(logits.reshape(-1, V), x.flip(1).reshape(-1))
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    sched.step()
print("accuracy", (logits.argmax(2) == x.flip(1)).float().mean().item())
