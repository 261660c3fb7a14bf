import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(119)
policy = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
eye, history = torch.eye(6), []
for episode in range(250):
    pos, logs, rewards = 0, [], []
    for _ in range(25):
        dist = Categorical(logits=policy(eye[pos]))
        a = dist.sample()
        logs.append(dist.log_prob(a))
        pos = max(0, pos + (1 if a == 1 else -1))
        rewards.append(1.0 if pos == 5 else -0.05)
        if pos == 5:
            break
    returns, g = [], 0.0
    for r in reversed(rewards):
        g = r + 0.97 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = -(torch.stack(logs) * returns).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    history.append(len(rewards))
print("steps", sum(history[-30:]) / 30)
