import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(118)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 10))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for idx in list(torch.randperm(1200).split(32)) * 6:
    opt.zero_grad()
    nn.functional.cross_entropy(model(X[idx]), y[idx]).backward()
    opt.step()
torch.save(model.state_dict(), "digits.pt")
tuned = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 10))
tuned.load_state_dict(torch.load("digits.pt"))
opt = torch.optim.AdamW(tuned.parameters(), lr=2e-5)
for epoch in range(6):
    for idx in torch.arange(1200, len(X))[torch.randperm(len(X) - 1200)].split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(tuned(X[idx]), y[idx]).backward()
        opt.step()
print("accuracy", (tuned(X).argmax(1) == y).float().mean().item())
