import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(153)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.3, patience=3)
train, val = torch.arange(1400), torch.arange(1400, len(X))
for epoch in range(25):
    net.train()
    for idx in train[torch.randperm(1400)].split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        v = nn.functional.cross_entropy(net(X[val]), y[val])
    sched.step(v)
print("validation", v.item())
