import torch
from sklearn.datasets import make_classification
from torch import nn

torch.manual_seed(233)
X, y = make_classification(3000, 12, n_informative=8, weights=[0.9], class_sep=1.6, random_state=7)
X, y = torch.tensor(X).float(), torch.tensor(y).float()


def focal_loss(logits, target, gamma=2.0):
    p = torch.sigmoid(logits)
    pt = torch.where(target == 1, p, 1 - p)
    return (-((1 - pt) ** gamma) * torch.log(pt.clamp(min=1e-7))).mean()


net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(12):
    for b in torch.randperm(3000).split(64):
        loss = focal_loss(net(X[b]).squeeze(1), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("acc", ((net(X).squeeze(1) > 0) == y.bool()).float().mean().item())
