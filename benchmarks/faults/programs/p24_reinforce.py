import torch
from torch import nn

torch.manual_seed(24)


class CartLine:
    """A point on a line is pushed left or right and must stay near zero."""

    def __init__(self, n):
        self.x, self.v = torch.randn(n) * 0.5, torch.zeros(n)

    def observe(self):
        return torch.stack([self.x, self.v], 1)

    def step(self, a):
        self.v = 0.9 * self.v + 0.2 * (a.float() * 2 - 1) + 0.02 * torch.randn_like(self.v)
        self.x = self.x + self.v
        return -self.x.abs().clamp(max=3)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(2, 32), nn.Tanh())
        self.pi, self.value = nn.Linear(32, 2), nn.Linear(32, 1)

    def forward(self, o):
        h = self.trunk(o)
        return torch.distributions.Categorical(logits=self.pi(h)), self.value(h).squeeze(-1)


def play(net, n=24, horizon=20, gamma=0.9):
    env, logp, val, rew, ent = CartLine(n), [], [], [], []
    for _ in range(horizon):
        dist, v = net(env.observe())
        a = dist.sample()
        logp.append(dist.log_prob(a)), val.append(v), ent.append(dist.entropy())
        rew.append(env.step(a))
    ret, g = [], torch.zeros(n)
    for r in reversed(rew):
        g = r + gamma * g
        ret.append(g)
    return torch.stack(logp), torch.stack(val), torch.stack(ret[::-1]), torch.stack(ent), torch.stack(rew)


net = ActorCritic()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for it in range(150):
    logp, val, ret, ent, rew = play(net)
    adv = (ret - val).detach()
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    loss = -(logp * adv).mean() + 0.5 * (ret - val).pow(2).mean() - 0.01 * ent.mean()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
with torch.no_grad():
    print("reward:", play(net, 300)[-1].mean().item())
