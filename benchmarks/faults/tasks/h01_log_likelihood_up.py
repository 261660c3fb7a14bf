import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(101)
data = load_digits()
x = torch.tensor(data.data / 16, dtype=torch.float32)
y = torch.tensor(data.target)
model = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, maximize=True)
for epoch in range(10):
    for batch in torch.randperm(len(x)).split(64):
        optimizer.zero_grad()
        log_likelihood = -F.cross_entropy(model(x[batch]), y[batch])
        log_likelihood.backward()
        optimizer.step()
print("accuracy", (model(x).argmax(1) == y).float().mean().item())
