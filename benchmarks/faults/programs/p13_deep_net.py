import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(13)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X / 16 - 0.5, dtype=torch.float32)
y = torch.tensor(y)


def build(depth, width):
    layers = [nn.Linear(64, width), nn.Sigmoid()]
    for _ in range(depth - 2):
        layers += [nn.Linear(width, width), nn.Sigmoid()]
    return nn.Sequential(*layers, nn.Linear(width, 10))


model = build(depth=9, width=64)
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
crit = nn.CrossEntropyLoss()
for epoch in range(20):
    perm = torch.randperm(1500)
    for i in range(0, 1500, 50):
        b = perm[i:i + 50]
        opt.zero_grad()
        loss = crit(model(X[b]), y[b])
        loss.backward()
        opt.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
