import torch
from torch import nn

torch.manual_seed(19)
X = torch.randn(1500, 12)
kind = (X[:, 0] * X[:, 1] > 0).long()
amount = (X[:, 2:5].sum(1) + 0.5 * X[:, 5] ** 2).unsqueeze(1)
trunk = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
classify, regress = nn.Linear(32, 2), nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))
model = nn.ModuleDict({"trunk": trunk, "classify": classify, "regress": regress})
opt = torch.optim.Adam([{"params": trunk.parameters()}, {"params": classify.parameters(), "lr": 5e-3}], lr=2e-3)
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(50):
        h = trunk(X[idx])
        loss = nn.functional.cross_entropy(classify(h), kind[idx]) + nn.functional.mse_loss(regress(h), amount[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
