import torch
from sklearn.datasets import make_moons
from torch import nn

torch.manual_seed(56)
X, y = make_moons(1500, noise=0.15, random_state=2)
X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
clf = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(clf.parameters(), lr=0.05, momentum=0.9)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.1, patience=0, min_lr=0)
for epoch in range(25):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(clf(X[idx]).squeeze(1), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step(loss.item())
print("lr", opt.param_groups[0]["lr"], "accuracy", ((clf(X).squeeze(1) > 0) == y.bool()).float().mean().item())
