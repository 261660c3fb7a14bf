import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(76)
d = load_digits()
x = torch.tensor(d.images).float() / 8 - 1
y = torch.tensor(d.target)
patches = x.unfold(1, 2, 2).unfold(2, 2, 2).reshape(-1, 16, 4)


class ViT(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.proj = nn.Linear(4, dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.randn(1, 17, dim) * 0.02)
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(dim, 4, 64, 0.0, "gelu", batch_first=True, norm_first=True), 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, 10)

    def forward(self, p):
        z = torch.cat([self.cls.expand(len(p), -1, -1), self.proj(p)], 1) + self.pos
        return self.head(self.norm(self.enc(z)[:, 0]))


net = ViT()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.05)
epochs, per = 20, 22
sched = torch.optim.lr_scheduler.OneCycleLR(opt, 3e-3, total_steps=epochs * per)
for epoch in range(epochs):
    for b in torch.randperm(1400).split(64):
        loss = nn.functional.cross_entropy(net(patches[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
with torch.no_grad():
    print("accuracy:", (net(patches[1400:]).argmax(1) == y[1400:]).float().mean().item())
