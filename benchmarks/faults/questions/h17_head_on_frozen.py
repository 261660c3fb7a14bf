import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(117)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float().view(-1, 1, 8, 8), torch.tensor(y)
backbone = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 48), nn.ReLU())
model = nn.Sequential(backbone, nn.Linear(48, 10))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for idx in list(torch.randperm(len(X)).split(64)) * 5:
    opt.zero_grad()
    nn.functional.cross_entropy(model(X[idx]), y[idx]).backward()
    opt.step()
odd = y % 2
for p in backbone.parameters():
    p.requires_grad_(False)
tuned = nn.Sequential(backbone, nn.Linear(48, 2))
opt = torch.optim.Adam(tuned[1].parameters(), lr=5e-3)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(tuned(X[idx]), odd[idx]).backward()
        opt.step()
print("accuracy", (tuned(X).argmax(1) == odd).float().mean().item())
