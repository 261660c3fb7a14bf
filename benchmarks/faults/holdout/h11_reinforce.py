import torch
import torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(111)


class Corridor:
    """Walk right to reach the goal within 20 steps."""

    def reset(self):
        self.pos, self.t = torch.randint(0, 4, (1,)).item(), 0
        return self.state()

    def state(self):
        return torch.eye(8)[self.pos]

    def step(self, a):
        self.pos = min(7, max(0, self.pos + (1 if a else -1)))
        self.t += 1
        done = self.pos == 7 or self.t >= 20
        return self.state(), (1.0 if self.pos == 7 else -0.05), done


policy = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
env, history = Corridor(), []
for episode in range(250):
    s, done, logs, rewards = env.reset(), False, [], []
    while not done:
        d = Categorical(logits=policy(s))
        a = d.sample()
        s, r, done = env.step(a.item())
        logs.append(d.log_prob(a))
        rewards.append(r)
    R, returns = 0, []
    for r in rewards[::-1]:
        R = r + 0.95 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    if len(returns) > 1:
        returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = -(torch.stack(logs) * returns).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(sum(rewards))
print("reward", sum(history[-50:]) / 50)
