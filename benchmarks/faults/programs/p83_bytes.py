import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(83)
digits = load_digits()
images = (digits.images * 15).astype(np.uint8) // 255
X = torch.from_numpy(images).float().unsqueeze(1)
y = torch.from_numpy(digits.target)
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(12):
    for a, b in DataLoader(TensorDataset(X[:1400], y[:1400]), 50, shuffle=True):
        loss = nn.functional.cross_entropy(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
