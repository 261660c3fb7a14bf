import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(514)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
net[:4].requires_grad_(False)
opt = torch.optim.Adam(net[4].parameters(), lr=2e-3)
for epoch in range(24):
    if epoch == 12:
        net.requires_grad_(True)
        opt.add_param_group({"params": net[:4].parameters(), "lr": 0.5})
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
