import torch
from torch import nn

torch.manual_seed(24)
n = 800
x = torch.randn(n, 6)
risk = x[:, 0] - 0.8 * x[:, 1] + 0.5 * x[:, 2] * x[:, 3]
time = torch.distributions.Exponential(risk.exp()).sample()
censor = torch.distributions.Exponential(torch.full((n,), 0.5)).sample()
event = (time <= censor).float()
time = torch.minimum(time, censor)


def cox(score, time, event):
    order = time.argsort(descending=True)
    score, event = score[order], event[order]
    return -((score - torch.logcumsumexp(score, 0)) * event).sum() / event.sum()


def concordance(score, time, event):
    earlier = (time[:, None] < time[None]) & (event[:, None] > 0)
    return ((score[:, None] > score[None]) & earlier).sum() / earlier.sum()


net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3.0)
for epoch in range(30):
    for idx in torch.randperm(600).split(100):
        loss = cox(net(x[idx]).squeeze(1), time[idx], event[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("c-index", concordance(net(x[600:]).squeeze(1), time[600:], event[600:]).item())
