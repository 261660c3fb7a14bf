import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(133)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - X.mean()) / X.std()).float(), torch.tensor(y)
layers = [nn.Linear(64, 64), nn.SELU()]
for _ in range(4):
    layers += [nn.Linear(64, 64), nn.SELU(), nn.AlphaDropout(0.05)]
net = nn.Sequential(*layers, nn.Linear(64, 10))
for m in net.modules():
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, nonlinearity="linear")
        nn.init.zeros_(m.bias)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
net.eval()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
