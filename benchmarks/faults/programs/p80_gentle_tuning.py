"""Continue a trained network on slightly different images with a small learning rate."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(80)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(10):
    for b in torch.randperm(1400).split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[b]), y[b]).backward()
        opt.step()
state = net.state_dict()

tuned = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
tuned.load_state_dict(state)
shifted = (X * 0.9 + 0.05 + 0.02 * torch.randn_like(X)).clamp(0, 1)
groups = [{"params": tuned[0].parameters(), "lr": 2e-5}, {"params": tuned[2].parameters(), "lr": 1e-4}]
opt = torch.optim.AdamW(groups)
for epoch in range(8):
    for b in torch.randperm(1400).split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(tuned(shifted[b]), y[b]).backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (tuned(shifted[1400:]).argmax(1) == y[1400:]).float().mean().item())
