import torch
from torch import nn

torch.manual_seed(123)
X = torch.randn(1600, 10)
a = (X[:, 0] + X[:, 1] > 0).long()
b = X[:, 2:4].sum(1, keepdim=True)
c = (X[:, 4:7] > 0).float()
trunk = nn.Sequential(nn.Linear(10, 48), nn.ReLU())
heads = nn.ModuleList([nn.Linear(48, 2), nn.Linear(48, 1), nn.Linear(48, 3)])
opt = torch.optim.Adam([*trunk.parameters(), *heads.parameters()], lr=3e-3)
for epoch in range(10):
    for idx in torch.randperm(1600).split(64):
        h = trunk(X[idx])
        la = nn.functional.cross_entropy(heads[0](h), a[idx])
        lb = nn.functional.mse_loss(heads[1](h), b[idx])
        lc = nn.functional.binary_cross_entropy_with_logits(heads[2](h), c[idx])
        loss = la + 0.5 * lb + lc
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
