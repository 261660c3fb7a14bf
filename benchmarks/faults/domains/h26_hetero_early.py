import torch, torch.nn as nn
from sklearn.datasets import make_friedman1
torch.set_num_threads(1); torch.manual_seed(15)
X, y = make_friedman1(1200, noise=1.0, random_state=0)
X = torch.tensor(X).float(); y = torch.tensor((y - y.mean()) / y.std()).float()
net = nn.Sequential(nn.Linear(10, 40), nn.ReLU(), nn.Linear(40, 40), nn.ReLU(), nn.Linear(40, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
def nll(out, y):
    mu, s = out[:, 0], out[:, 1]
    return (0.5 * s + 0.5 * (y - mu) ** 2 * torch.exp(-s)).mean()
best, bad = 1e9, 0
for ep in range(25):
    net.train()
    for i in torch.randperm(900).split(30):
        loss = nll(net(X[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): v = nll(net(X[900:]), y[900:]).item()
    if v < best - 1e-3: best, bad = v, 0
    else:
        bad += 1
        if bad >= 4: print("early stop", ep); break
with torch.no_grad(): print("METRIC", 1 - ((net(X[900:])[:, 0] - y[900:]) ** 2).mean().item())
