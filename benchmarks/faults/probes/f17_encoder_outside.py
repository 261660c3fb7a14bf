import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(417)
X = torch.tensor(load_digits().data / 16).float()
encoder = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
decoder = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 64))
opt = torch.optim.Adam(decoder.parameters(), lr=2e-3)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.mse_loss(decoder(encoder(X[idx])), X[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
