import random
from collections import deque

import torch
from torch import nn

random.seed(3)
torch.manual_seed(116)
SIZE = 4


def observe(p):
    v = torch.zeros(SIZE * SIZE)
    v[p[0] * SIZE + p[1]] = 1
    return v


def move(p, a):
    dr, dc = [(0, 1), (0, -1), (1, 0), (-1, 0)][a]
    q = (min(SIZE - 1, max(0, p[0] + dr)), min(SIZE - 1, max(0, p[1] + dc)))
    return q, 1.0 if q == (3, 3) else -0.04, q == (3, 3)


qnet = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 4))
frozen = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 4))
frozen.load_state_dict(qnet.state_dict())
opt = torch.optim.Adam(qnet.parameters(), lr=2e-3)
memory, pos, eps, t, lengths = deque(maxlen=2000), (0, 0), 1.0, 0, []
for it in range(2500):
    a = random.randrange(4) if random.random() < eps else int(qnet(observe(pos)).argmax())
    new, r, done = move(pos, a)
    memory.append((observe(pos), a, r, observe(new), float(done)))
    pos, t = new, t + 1
    if done or t >= 60:
        lengths.append(t)
        pos, t = (0, 0), 0
    eps = max(0.05, eps * 0.998)
    if len(memory) > 100 and it % 3 == 0:
        s, ac, rw, s2, d = zip(*random.sample(memory, 32))
        with torch.no_grad():
            goal = torch.tensor(rw) + 0.95 * frozen(torch.stack(s2)).max(1).values * (1 - torch.tensor(d))
        value = qnet(torch.stack(s)).gather(1, torch.tensor(ac)[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(value, goal)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(qnet.parameters(), 10)
        opt.step()
    if it % 150 == 0:
        frozen.load_state_dict(qnet.state_dict())
print("steps", sum(lengths[-10:]) / 10)
