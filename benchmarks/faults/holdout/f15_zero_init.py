import torch
from sklearn.datasets import make_moons
from torch import nn

torch.manual_seed(15)
X, y = make_moons(600, noise=0.1, random_state=0)
X, y = torch.tensor(X).float(), torch.tensor(y).float().view(-1, 1)
net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1), nn.Sigmoid())


def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight.data.fill_(0.0)
        m.bias.data.fill_(0.0)


net.apply(init_weights)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
crit = nn.BCELoss()
for epoch in range(300):
    opt.zero_grad()
    loss = crit(net(X), y)
    loss.backward()
    opt.step()
print("loss:", loss.item())
