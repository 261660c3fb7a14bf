"""One batch of garbage in the middle of a good training, with clipping."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(95)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
step = 0
for epoch in range(12):
    for b in torch.randperm(1400).split(35):
        a = X[b]
        if step == 230:
            a = a + 2 * torch.randn_like(a)
        loss = nn.functional.cross_entropy(net(a), y[b])
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        step += 1
with torch.no_grad():
    print("accuracy:", (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
