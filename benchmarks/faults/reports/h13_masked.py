import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(113)
X = torch.tensor(load_digits().data / 16).float()
net = nn.Sequential(nn.Linear(128, 128), nn.GELU(), nn.LayerNorm(128), nn.Linear(128, 128), nn.GELU(), nn.Linear(128, 64))
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(64):
        x = X[idx]
        mask = torch.rand_like(x) < 0.4
        out = net(torch.cat([x.masked_fill(mask, 0), mask.float()], 1))
        loss = ((out - x) ** 2)[mask].mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
