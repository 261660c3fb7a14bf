import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(121)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        self.log_std = nn.Parameter(torch.zeros(1))
        self.critic = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))


ac = ActorCritic()
opt = torch.optim.Adam(ac.parameters(), lr=5e-3)
for it in range(500):
    s = torch.randn(64, 3)
    dist = Normal(ac.actor(s), ac.log_std.exp())
    a = dist.sample()
    reward = -((a - s[:, :1]) ** 2)
    adv = reward - ac.critic(s)
    loss = -(dist.log_prob(a) * adv.detach()).mean() + 0.5 * (adv**2).mean() - 0.01 * dist.entropy().mean()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(ac.parameters(), 0.5)
    opt.step()
print("reward", reward.mean().item())
