import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(216)
X = torch.tensor(load_digits().data / 16).float()


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.mu, self.logvar = nn.Linear(64, 64), nn.Linear(64, 4), nn.Linear(64, 4)
        self.dec = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())

    def forward(self, x):
        h = torch.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * (logvar / 2).exp()
        return self.dec(z), mu, logvar


net = VAE()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
beta = 20.0
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(64):
        out, mu, logvar = net(X[idx])
        kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()
        loss = nn.functional.mse_loss(out, X[idx]) + beta * kl
        opt.zero_grad()
        loss.backward()
        opt.step()
print("spread of the outputs", net(X)[0].std(0).mean().item())
