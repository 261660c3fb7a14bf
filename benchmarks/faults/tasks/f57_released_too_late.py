import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(58)
d = load_digits()
X, y = torch.tensor(d.images, dtype=torch.float32)[:, None] / 16, torch.tensor(d.target)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        self.classifier = nn.Linear(16, 10)

    def forward(self, x):
        return self.classifier(self.features(x))


net = CNN()
for p in net.features.parameters():
    p.requires_grad = False
trainable = filter(lambda p: p.requires_grad, net.parameters())
opt = torch.optim.Adam(trainable, lr=3e-3)
for epoch in range(10):
    if epoch == 1:
        for p in net.features.parameters():
            p.requires_grad = True
    for idx in torch.randperm(1500).split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
print("test", (net(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
