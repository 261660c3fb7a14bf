import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(25)
X = torch.tensor(load_digits().data / 16).float()


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(64, 64)
        self.mu, self.logvar = nn.Linear(64, 8), nn.Linear(64, 8)
        self.dec = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * (logvar / 2).exp()
        return self.dec(z), mu, logvar


vae = VAE()
opt = torch.optim.Adam(vae.parameters(), lr=1e-3)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(64):
        recon, mu, logvar = vae(X[idx])
        mse = F.mse_loss(recon, X[idx])
        kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())
        opt.zero_grad()
        (mse + kl).backward()
        opt.step()
    print(epoch, mse.item(), kl.item())
print("reconstruction", mse.item())
