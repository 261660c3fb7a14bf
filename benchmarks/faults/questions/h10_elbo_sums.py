import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(110)
X = torch.tensor(load_digits().data / 16).float()


class VAE(nn.Module):
    def __init__(self, z=6):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(64, 96), nn.ReLU())
        self.mu, self.logvar = nn.Linear(96, z), nn.Linear(96, z)
        self.dec = nn.Sequential(nn.Linear(z, 96), nn.ReLU(), nn.Linear(96, 64))

    def forward(self, x):
        h = self.enc(x)
        mu, logvar = self.mu(h), self.logvar(h)
        return self.dec(mu + torch.randn_like(mu) * (0.5 * logvar).exp()), mu, logvar


vae = VAE()
opt = torch.optim.Adam(vae.parameters(), lr=2e-3)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(64):
        logits, mu, logvar = vae(X[idx])
        rec = nn.functional.binary_cross_entropy_with_logits(logits, X[idx], reduction="sum")
        kld = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum()
        loss = (rec + kld) / len(idx)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("negative elbo", loss.item())
