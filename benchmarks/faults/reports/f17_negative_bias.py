import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(17)
d = load_digits()
X, y = torch.tensor(d.images / 16).float()[:, None], torch.tensor(d.target)


def conv(i, o):
    layer = nn.Conv2d(i, o, 3, padding=1)
    nn.init.kaiming_normal_(layer.weight)
    nn.init.constant_(layer.bias, -3)
    return layer


model = nn.Sequential(
    conv(1, 12), nn.ReLU(), conv(12, 24), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(24 * 16, 10)
)
opt = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
for epoch in range(5):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(X[idx]), y[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (model(X).argmax(1) == y).float().mean().item())
