import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(66)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)


class Embed(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 16))

    def forward(self, x):
        return F.normalize(self.f(x), dim=1)


net = Embed()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
triplet = nn.TripletMarginLoss(margin=0.5)
for step in range(500):
    a = torch.randint(0, 1400, (64,))
    pos = torch.stack([(y[:1400] == y[i]).nonzero().flatten()[torch.randint(0, 100, ())] for i in a])
    neg = torch.randint(0, 1400, (64,))
    keep = y[neg] != y[a]
    loss = triplet(net(X[a[keep]]), net(X[pos[keep]]), net(X[neg[keep]]))
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    near = (net(X[1400:]) @ net(X[:1400]).T).argmax(1)
    print("accuracy:", (y[near] == y[1400:]).float().mean().item())
