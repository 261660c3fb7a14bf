"""Two optimizers, one for each half of an autoencoder."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(234)
X = torch.tensor(load_digits().data / 16).float()
enc = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
dec = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 64))
oe, od = torch.optim.Adam(enc.parameters(), lr=2e-3), torch.optim.Adam(dec.parameters(), lr=2e-3)
for epoch in range(15):
    for b in torch.randperm(len(X)).split(64):
        loss = nn.functional.mse_loss(dec(enc(X[b])), X[b])
        oe.zero_grad()
        od.zero_grad()
        loss.backward()
        oe.step()
        od.step()
print("mse", loss.item())
