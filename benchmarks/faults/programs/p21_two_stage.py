"""Train the head alone for a few epochs, then the whole network."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(21)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 8 - 1).float(), torch.tensor(y)
perm = torch.randperm(len(X))
train, test = perm[:1400], perm[1400:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh())
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        return self.head(self.body(x))


def set_trainable(module, flag):
    for p in module.parameters():
        p.requires_grad = flag


def run(net, opt, epochs):
    for epoch in range(epochs):
        for b in train[torch.randperm(len(train))].split(32):
            loss = nn.functional.cross_entropy(net(X[b]), y[b])
            opt.zero_grad()
            loss.backward()
            opt.step()
        print(f"loss {loss.item():.3f}")


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
set_trainable(net.body, False)
run(net, opt, 3)
# the whole network now
for group in opt.param_groups:
    group["lr"] = 3e-3
run(net, opt, 20)
with torch.no_grad():
    print("accuracy:", (net(X[test]).argmax(1) == y[test]).float().mean().item())
