import math

import torch
from torch import nn

torch.manual_seed(114)
V, L, D = 12, 10, 48


class T(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(V, D)
        self.pos = nn.Parameter(torch.zeros(L, D))
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(D, 4, 128, 0.1, batch_first=True, norm_first=True), 2, enable_nested_tensor=False)
        self.fc = nn.Linear(D, V)

    def forward(self, x):
        return self.fc(self.enc(self.emb(x) + self.pos))


model = T()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
total, warm = 350, 40
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1, (s + 1) / warm) * 0.5 * (1 + math.cos(math.pi * s / total)))
for step in range(total):
    x = torch.randint(0, V, (48, L))
    loss = nn.functional.cross_entropy(model(x).flatten(0, 1), x.sort(1).values.flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    sched.step()
print("loss", loss.item())
