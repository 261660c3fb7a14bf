import torch
from torch import nn

torch.manual_seed(117)
N, WORLD, HORIZON = 16, 9, 20


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(WORLD, 32), nn.Tanh())
        self.pi, self.v = nn.Linear(32, 2), nn.Linear(32, 1)

    def forward(self, s):
        h = self.body(nn.functional.one_hot(s, WORLD).float())
        return torch.distributions.Categorical(logits=self.pi(h)), self.v(h).squeeze(1)


net = ActorCritic()
opt = torch.optim.RMSprop(net.parameters(), lr=3e-3)
scores = []
for it in range(150):
    s, logps, vals, rews, ents = torch.full((N,), WORLD // 2), [], [], [], []
    for _ in range(HORIZON):
        dist, v = net(s)
        a = dist.sample()
        s = (s + 2 * a - 1).clamp(0, WORLD - 1)
        rews.append((s == WORLD - 1).float() - 0.02)
        logps.append(dist.log_prob(a))
        vals.append(v)
        ents.append(dist.entropy())
        s = torch.where(s == WORLD - 1, torch.full_like(s, WORLD // 2), s)
    R, returns = torch.zeros(N), []
    for r in reversed(rews):
        R = r + 0.95 * R
        returns.insert(0, R)
    returns, vals = torch.stack(returns), torch.stack(vals)
    adv = returns - vals
    loss = -(torch.stack(logps) * adv.detach()).mean() + 0.5 * adv.pow(2).mean() - 0.01 * torch.stack(ents).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    scores.append(torch.stack(rews).sum(0).mean().item())
print("return", sum(scores[-20:]) / 20)
