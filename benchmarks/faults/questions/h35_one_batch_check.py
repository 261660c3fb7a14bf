import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(135)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X[:32] / 16).float(), torch.tensor(y[:32])
net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(300):  # a sanity check: one batch must be learned by heart
    loss = nn.functional.cross_entropy(net(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
