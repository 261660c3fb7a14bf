import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(119)
X = torch.tensor(load_digits().images / 16).float().unsqueeze(1)
enc = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 8, 3, padding=1), nn.ReLU())
dec = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1), nn.Sigmoid())
model = nn.Sequential(enc, dec)
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(5):
    for b in torch.randperm(len(X)).split(32):
        noisy = (X[b] + 0.2 * torch.randn_like(X[b])).clamp(0, 1)
        loss = nn.functional.mse_loss(model(noisy), X[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
