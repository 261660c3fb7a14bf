"""Houses sorted by price, as the agency exported them."""
import torch
from sklearn.datasets import make_friedman1
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(88)
X, y = make_friedman1(1600, 8, noise=0.3, random_state=88)
test_X, test_y = X[1200:], y[1200:]
order = y[:1200].argsort()
X, y = X[:1200][order], y[:1200][order]
mean, std = y.mean(), y.std()
f = lambda a: torch.tensor(a).float()
loader = DataLoader(TensorDataset(f(X) * 2 - 1, f((y - mean) / std).unsqueeze(1)), batch_size=40, shuffle=False)
net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(20):
    for a, b in loader:
        loss = nn.functional.mse_loss(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    p = net(f(test_X) * 2 - 1).squeeze(1)
    t = f((test_y - mean) / std)
print("r2:", 1 - ((p - t).pow(2).mean() / t.var()).item())
