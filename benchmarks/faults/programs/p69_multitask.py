import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(69)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - 8) / 6).float(), torch.tensor(y)
ink = X.mean(1, keepdim=True)
ink = (ink - ink.mean()) / ink.std()


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU())
        self.heads = nn.ModuleDict({"digit": nn.Linear(64, 10), "ink": nn.Linear(64, 1), "even": nn.Linear(64, 1)})

    def forward(self, x):
        h = self.shared(x)
        return {k: head(h) for k, head in self.heads.items()}


net = MultiTask()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
sched = torch.optim.lr_scheduler.ExponentialLR(opt, 0.85)
for epoch in range(12):
    net.train()
    for b in torch.randperm(1400).split(64):
        out = net(X[b])
        loss = F.cross_entropy(out["digit"], y[b]) + F.mse_loss(out["ink"], ink[b])
        loss = loss + 0.3 * F.binary_cross_entropy_with_logits(out["even"].squeeze(1), (y[b] % 2 == 0).float())
        opt.zero_grad()
        loss.backward()
        opt.step()
    sched.step()
net.eval()
with torch.no_grad():
    print("accuracy:", (net(X[1400:])["digit"].argmax(1) == y[1400:]).float().mean().item())
