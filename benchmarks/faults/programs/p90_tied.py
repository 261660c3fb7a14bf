import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(90)
V, T, D = 60, 16, 128
seq = torch.tensor([(3 * i + (i // 5)) % V for i in range(6000)])


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(V, D), nn.Embedding(T, D)
        nn.init.normal_(self.wte.weight, std=2.0)
        nn.init.normal_(self.wpe.weight, std=0.02)
        layer = nn.TransformerEncoderLayer(D, 4, 256, 0.0, batch_first=True, norm_first=True)
        self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.ln = nn.LayerNorm(D)
        self.head = nn.Linear(D, V, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, i):
        mask = nn.Transformer.generate_square_subsequent_mask(T)
        return self.head(self.ln(self.enc(self.wte(i) + self.wpe(torch.arange(T)), mask=mask, is_causal=True)))


net = Tied()
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for step in range(160):
    i = torch.randint(0, 5900, (16,))
    x = torch.stack([seq[j:j + T] for j in i])
    y = torch.stack([seq[j + 1:j + T + 1] for j in i])
    loss = F.cross_entropy(net(x).flatten(0, 1), y.flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 40 == 0:
        print(step, loss.item())
print("loss:", loss.item())
