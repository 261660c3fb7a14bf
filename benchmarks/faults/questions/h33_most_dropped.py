import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(133)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(
    nn.Dropout(0.2), nn.Linear(64, 256), nn.ReLU(), nn.Dropout(0.7), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.7), nn.Linear(128, 10)
)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(20):
    net.train()
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
net.eval()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
