import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(307)
policy, value = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 4)), nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=5e-3)
for update in range(80):
    s = torch.randn(128, 5)
    with torch.no_grad():
        dist = Categorical(logits=policy(s))
        a = dist.sample()
        old = dist.log_prob(a)
        reward = (a == s[:, :4].argmax(1)).float()
        adv = reward - value(s).squeeze(1)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for _ in range(4):
        dist = Categorical(logits=policy(s))
        ratio = (dist.log_prob(a) - old).exp()
        clip = torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
        loss = -clip + 0.5 * (value(s).squeeze(1) - reward).pow(2).mean() - 0.005 * dist.entropy().mean()
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
        opt.step()
print("reward", reward.mean().item())
