import torch
from torch import nn

torch.manual_seed(113)
n = 900
x = torch.randn(n, 6)
risk = x[:, 0] - 0.8 * x[:, 1] + 0.5 * x[:, 2]
time = torch.distributions.Exponential(risk.exp()).sample()
censor = torch.distributions.Exponential(torch.full((n,), 0.5)).sample()
event, time = (time <= censor).float(), torch.minimum(time, censor)
net = nn.Sequential(nn.Linear(6, 16), nn.SELU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3, weight_decay=1e-3)
for epoch in range(30):
    for idx in torch.randperm(600).split(100):
        order = idx[time[idx].argsort(descending=True)]
        s = net(x[order]).squeeze(1)
        loss = -((s - torch.logcumsumexp(s, 0)) * event[order]).sum() / event[order].sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    s, t, e = net(x[600:]).squeeze(1), time[600:], event[600:]
pairs = (t[:, None] < t[None]) & (e[:, None] > 0)
print("c-index", ((s[:, None] > s[None]) & pairs).sum().item() / pairs.sum().item())
