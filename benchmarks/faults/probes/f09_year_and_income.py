import torch
from torch import nn

torch.manual_seed(409)
N = 1500
year, income, rooms = torch.randint(1950, 2020, (N, 1)).float(), 30_000 + 20_000 * torch.rand(N, 1), torch.randint(1, 7, (N, 1)).float()
score = torch.rand(N, 1)
X = torch.cat([year, income, rooms, score], 1)
Y = ((rooms - 3.5) / 2 + 3 * (score - 0.5) > 0).float()
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(15):
    for idx in torch.randperm(N).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", ((net(X) > 0) == Y).float().mean().item())
