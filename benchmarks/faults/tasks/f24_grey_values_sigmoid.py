import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(25)
pixels = (load_digits().images / 16 * 255).astype(np.uint8)
X = torch.tensor(pixels).float().flatten(1)
y = torch.tensor(load_digits().target)
net = nn.Sequential(nn.Linear(64, 32), nn.Sigmoid(), nn.Linear(32, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(10):
    for idx in torch.randperm(1500).split(32):
        opt.zero_grad()
        nn.CrossEntropyLoss()(net(X[idx]), y[idx]).backward()
        opt.step()
print("test accuracy:", (net(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
