import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(46)
np.random.seed(46)
X, y = load_digits(return_X_y=True)
X = X / 16
np.random.shuffle(X)
np.random.shuffle(y)
X, y = torch.tensor(X).float(), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(15):
    model.train()
    for b in torch.randperm(1400).split(64):
        loss = nn.functional.cross_entropy(model(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        acc = (model(X[1400:]).argmax(1) == y[1400:]).float().mean().item()
    print(epoch, loss.item(), acc)
print("accuracy:", acc)
