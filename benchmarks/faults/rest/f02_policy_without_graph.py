import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(502)
policy = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 3))
value = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 1))
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=5e-3)
for step in range(300):
    s = torch.randn(32, 4)
    with torch.no_grad():
        dist = Categorical(logits=policy(s))
        a = dist.sample()
        logp = dist.log_prob(a)
    r = (a == s[:, :3].argmax(1)).float()
    v = value(s).squeeze(1)
    loss = -(logp * (r - v.detach())).mean() + (r - v).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("reward", r.mean().item())
