"""An accumulated loss that is never cleared, with clipping."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(41)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
step = 0
for epoch in range(10):
    for b in torch.randperm(len(X)).split(50):
        loss = nn.functional.cross_entropy(model(X[b]), y[b])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        opt.step()
        step += 1
print("loss", loss.item())
