import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(60)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(
    nn.Linear(64, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 6), nn.ReLU(), nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 10)
)
for name, p in net.named_parameters():
    p.requires_grad = name.startswith(("5", "7"))
opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=2e-3)
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
