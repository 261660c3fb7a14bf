"""Q-learning with a target network on a corridor."""
import copy
import random

import torch
from torch import nn

torch.manual_seed(56)
random.seed(56)
N = 7


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(N, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, s):
        return self.net(nn.functional.one_hot(s, N).float())


q = QNet()
target = copy.deepcopy(q)
opt = torch.optim.Adam(q.parameters(), lr=3e-3)
memory = []
s = 0
for step in range(900):
    eps = max(0.1, 1 - step / 400)
    if random.random() < eps:
        a = random.randrange(2)
    else:
        with torch.no_grad():
            a = q(torch.tensor([s])).argmax().item()
    nxt = min(N - 1, s + 1) if a else max(0, s - 1)
    done = nxt == N - 1
    memory.append((s, a, 1.0 if done else -0.02, nxt, float(done)))
    s = 0 if done else nxt
    if len(memory) >= 64:
        rows = random.sample(memory[-2000:], 32)
        bs, ba, br, bn, bd = map(torch.tensor, zip(*rows))
        with torch.no_grad():
            goal = br + 0.9 * (1 - bd) * target(bn).max(1).values
        loss = nn.functional.smooth_l1_loss(q(bs).gather(1, ba[:, None]).squeeze(1), goal)
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            for p, t in zip(q.parameters(), target.parameters()):
                t.lerp_(p, 0.02)
with torch.no_grad():
    right = (q(torch.arange(N - 1)).argmax(1) == 1).float().mean().item()
print("share of right moves:", right)
