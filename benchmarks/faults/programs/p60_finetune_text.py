import copy

import torch
from torch import nn

torch.manual_seed(60)
V, T, D = 20, 12, 32


class Encoder(nn.Module):
    def __init__(self, n_out):
        super().__init__()
        self.emb, self.pos = nn.Embedding(V, D), nn.Parameter(torch.randn(T, D) * 0.02)
        layer = nn.TransformerEncoderLayer(D, 4, 64, dropout=0.1, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(D, n_out)

    def forward(self, x):
        return self.head(self.body(self.emb(x) + self.pos).mean(1))


def batch(kind, n=48):
    x = torch.randint(0, V, (n, T))
    low = (x < V // 2).sum(1)
    return x, ((low > T // 2).long() if kind == "source" else (low > T // 2 + 1).long())


def fit(model, kind, steps, lr):
    opt = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.01)
    model.train()
    for i in range(steps):
        x, y = batch(kind)
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss.item()


source = Encoder(2)
fit(source, "source", 150, 2e-3)
tuned = copy.deepcopy(source)
tuned.head = nn.Linear(D, 2)
print(fit(tuned, "target", 150, lr=0.3))
tuned.eval()
x, y = batch("target", 600)
with torch.no_grad():
    print("accuracy:", (tuned(x).argmax(1) == y).float().mean().item())
