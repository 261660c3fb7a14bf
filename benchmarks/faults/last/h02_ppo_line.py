import torch
from torch import nn

torch.manual_seed(232)
pi, v = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 3)), nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*pi.parameters(), *v.parameters()], lr=3e-3)
for it in range(40):
    s = torch.randn(256, 3)
    with torch.no_grad():
        old = torch.distributions.Categorical(logits=pi(s))
        a = old.sample()
        r = (a == s.argmax(1)).float()
        adv = r - v(s)[:, 0]
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        before = old.log_prob(a)
    for _ in range(4):
        new = torch.distributions.Categorical(logits=pi(s))
        ratio = (new.log_prob(a) - before).exp()
        policy = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
        loss = policy + 0.5 * (v(s)[:, 0] - r).pow(2).mean() - 0.01 * new.entropy().mean()
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*pi.parameters(), *v.parameters()], 0.5)
        opt.step()
print("reward", r.mean().item())
