import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(210)
policy = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 4))
opt = torch.optim.Adam(policy.parameters(), lr=3e-3)
for update in range(80):
    s = torch.randn(128, 5)
    with torch.no_grad():
        old = Categorical(logits=policy(s))
        a = old.sample()
        logp_old = old.log_prob(a)
        reward = (a == s[:, :4].argmax(1)).float()
        adv = (reward - reward.mean()) / (reward.std() + 1e-8)
    for _ in range(4):
        ratio = (Categorical(logits=policy(s)).log_prob(a) - logp_old).exp().detach().requires_grad_()
        loss = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if update % 20 == 0:
        print(update, reward.mean().item())
print("reward", reward.mean().item())
