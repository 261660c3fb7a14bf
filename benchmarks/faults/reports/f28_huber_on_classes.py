import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(28)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.SmoothL1Loss()
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(32):
        pred = model(X[idx]).squeeze()
        loss = loss_fn(pred, y[idx].float())
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (model(X).squeeze().round() == y).float().mean().item())
