import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(122)
X = torch.tensor(load_digits().data / 16).float()
enc = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32))
opt = torch.optim.Adam(enc.parameters(), lr=1e-3)
for epoch in range(8):
    for b in torch.randperm(len(X)).split(64):
        one = enc(X[b] + 0.1 * torch.randn(len(b), 64))
        two = enc(X[b] + 0.1 * torch.randn(len(b), 64))
        sim = F.normalize(one, dim=1) @ F.normalize(two, dim=1).t() / 0.2
        loss = F.cross_entropy(sim, torch.arange(len(b)))
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
