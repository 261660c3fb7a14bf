import torch, torch.nn as nn, torch.nn.functional as F
from sklearn.datasets import load_digits
torch.set_num_threads(1)
torch.manual_seed(2)
X = torch.tensor(load_digits().images).float().flatten(1) / 16.
class VAE(nn.Module):
    def __init__(self, latent=6, h=64):
        super().__init__()
        self.fc1 = nn.Linear(64, h)
        self.mu = nn.Linear(h, latent); self.logvar = nn.Linear(h, latent)
        self.fc3 = nn.Linear(latent, h); self.fc4 = nn.Linear(h, 64)
    def encode(self, x):
        h = F.relu(self.fc1(x)); return self.mu(h), self.logvar(h)
    def reparam(self, mu, logvar):
        return mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
    def decode(self, z): return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))
    def forward(self, x):
        mu, lv = self.encode(x)
        return self.decode(self.reparam(mu, lv)), mu, lv
def elbo(rec, x, mu, lv):
    bce = F.binary_cross_entropy(rec, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + lv - mu.pow(2) - lv.exp())
    return (bce + kld) / len(x)
vae = VAE(); optimizer = torch.optim.Adam(vae.parameters(), lr=0.25)
for ep in range(12):
    tot = 0
    for b in X[torch.randperm(len(X))].split(64):
        optimizer.zero_grad()
        loss = elbo(*(lambda o: (o[0], b, o[1], o[2]))(vae(b)))
        loss.backward(); optimizer.step()
        tot += loss.item()
    print("epoch", ep, tot / 29)
print("METRIC", -tot / 29)
