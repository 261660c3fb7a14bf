import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(35)
d = load_digits()
x = torch.tensor(d.images).float().unsqueeze(1) / 16
y = torch.tensor(d.target)


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.fc = nn.Linear(24 * 4, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


def train(model, cfg):
    opt = torch.optim.SGD(model.parameters(), lr=cfg["lr"], momentum=cfg["momentum"])
    for epoch in range(cfg["epochs"]):
        for b in torch.randperm(1500).split(cfg["batch"]):
            loss = nn.functional.cross_entropy(model(x[b]), y[b])
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), cfg["clip"])
            opt.step()
        print(epoch, loss.item())


net = ConvNet()
train(net, dict(lr=0.1, momentum=0.9, epochs=8, batch=50, clip=1e-4))
with torch.no_grad():
    print("accuracy:", (net(x[1500:]).argmax(1) == y[1500:]).float().mean().item())
