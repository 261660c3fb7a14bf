import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(116)
np.random.seed(116)
d = load_digits()
x, y = torch.tensor(d.data / 16).float(), torch.tensor(d.target)
model = nn.Sequential(nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
crit = nn.CrossEntropyLoss()
for epoch in range(8):
    model.train()
    for b in torch.randperm(1400).split(50):
        lam = np.random.beta(1.0, 1.0)
        index = torch.randperm(len(b))
        mixed = lam * x[b] + (1 - lam) * x[b][index]
        out = model(mixed)
        loss = lam * crit(out, y[b]) + (1 - lam) * crit(out, y[b][index])
        opt.zero_grad()
        loss.backward()
        opt.step()
model.eval()
print("acc", (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item())
