import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(130)
policy = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
log_std = nn.Parameter(torch.zeros(1))
value = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*policy.parameters(), log_std, *value.parameters()], lr=3e-3)
for update in range(60):
    s = torch.randn(256, 3)
    with torch.no_grad():
        old = Normal(policy(s), log_std.exp())
        a = old.sample()
        old_logp = old.log_prob(a)
        r = -((a - (s[:, :1] - 0.5 * s[:, 1:2])) ** 2)
        adv = r - value(s)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for _ in range(4):
        for i in torch.randperm(256).split(64):
            ratio = (Normal(policy(s[i]), log_std.exp()).log_prob(a[i]) - old_logp[i]).exp()
            clipped = ratio.clamp(0.8, 1.2)
            loss = -torch.min(ratio * adv[i], clipped * adv[i]).mean() + 0.5 * (value(s[i]) - r[i]).pow(2).mean()
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*policy.parameters(), *value.parameters()], 0.5)
            opt.step()
print("reward", r.mean().item())
