"""REINFORCE on a small grid: walk to the corner."""
import torch
import torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(23)
SIZE = 4
MOVES = torch.tensor([[0, 1], [0, -1], [1, 0], [-1, 0]])


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(SIZE * SIZE, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, s):
        return Categorical(logits=self.net(s))


def one_hot(pos):
    return nn.functional.one_hot(pos[:, 0] * SIZE + pos[:, 1], SIZE * SIZE).float()


def rollout(policy, n=16, horizon=12):
    pos = torch.zeros(n, 2, dtype=torch.long)
    done = torch.zeros(n, dtype=torch.bool)
    logps, rewards = [], []
    for _ in range(horizon):
        dist = policy(one_hot(pos))
        a = dist.sample()
        pos = (pos + MOVES[a]).clamp(0, SIZE - 1)
        arrived = (pos == SIZE - 1).all(1)
        logps.append(dist.log_prob(a) * ~done)
        rewards.append(torch.where(done, 0.0, torch.where(arrived, 1.0, -0.1)))
        done = done | arrived
    return torch.stack(logps), torch.stack(rewards)


policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=1.0)
for episode in range(200):
    logps, rewards = rollout(policy)
    returns = rewards.flip(0).cumsum(0).flip(0)
    returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = -(logps * returns).sum(0).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if episode % 50 == 0:
        print(episode, rewards.sum(0).mean().item())
with torch.no_grad():
    _, rewards = rollout(policy, 200)
print("return:", rewards.sum(0).mean().item())
