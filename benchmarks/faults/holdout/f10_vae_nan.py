import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(10)
X = torch.tensor(load_digits().data / 16, dtype=torch.float32)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(64, 48)
        self.mu = nn.Linear(48, 8)
        self.var = nn.Linear(48, 8)
        self.dec = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 64), nn.Sigmoid())

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, var = self.mu(h), self.var(h)
        z = mu + torch.sqrt(var) * torch.randn_like(mu)
        return self.dec(z), mu, var


vae = VAE()
optimizer = torch.optim.Adam(vae.parameters(), lr=1e-3)
for epoch in range(10):
    for i in range(0, len(X), 64):
        x = X[i : i + 64]
        recon, mu, var = vae(x)
        kl = -0.5 * torch.sum(1 + torch.log(var) - mu**2 - var)
        loss = F.mse_loss(recon, x, reduction="sum") + kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("epoch", epoch, loss.item() / 64)
