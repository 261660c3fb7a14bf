import torch
from torch import nn

torch.manual_seed(43)
n = 500
x = torch.randn(n, 5)
hazard = 1.2 * x[:, 0] - x[:, 3]
T = torch.distributions.Exponential(hazard.exp()).sample()
E = (torch.rand(n) < 0.8).float()


def observed_error(out, T, E):
    return (E * (out - T.log()) ** 2).sum() / E.sum() / len(T)


model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(25):
    for idx in torch.randperm(n).split(50):
        opt.zero_grad()
        loss = observed_error(model(x[idx]), T[idx], E[idx])
        loss.backward()
        opt.step()
with torch.no_grad():
    s = -model(x).flatten()
    comparable = T[:, None] < T[None]
    print("c-index", ((s[:, None] > s[None]) & comparable & (E[:, None] > 0)).sum().item() / (comparable & (E[:, None] > 0)).sum().item())
