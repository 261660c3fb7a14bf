import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader

torch.manual_seed(18)
digits = torch.from_numpy(load_digits().data).float() / 16


class VAE(nn.Module):
    def __init__(self, d=10):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 2 * d))
        self.decoder = nn.Sequential(nn.Linear(d, 96), nn.ReLU(), nn.Linear(96, 64))

    def forward(self, x):
        mean, logvar = self.encoder(x).chunk(2, -1)
        z = mean + torch.randn_like(mean) * (logvar / 2).exp()
        return self.decoder(z), mean, logvar


vae = VAE()
opt = torch.optim.Adam(vae.parameters(), 2e-3)
for epoch in range(25):
    beta = min(1.0, epoch / 10)
    for x in DataLoader(digits, 64, shuffle=True):
        out, mean, logvar = vae(x)
        rec = F.binary_cross_entropy_with_logits(out, x, reduction="sum") / len(x)
        kl = -0.5 * (1 + logvar - mean**2 - logvar.exp()).sum(1).mean()
        opt.zero_grad()
        (rec + beta * kl).backward()
        opt.step()
with torch.no_grad():
    out, *_ = vae(digits)
print("mse:", F.mse_loss(torch.sigmoid(out), digits).item())
