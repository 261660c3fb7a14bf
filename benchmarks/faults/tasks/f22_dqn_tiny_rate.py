import random
from collections import deque

import torch
from torch import nn

random.seed(2)
torch.manual_seed(23)
SIZE = 5


def observe(pos):
    v = torch.zeros(SIZE * SIZE)
    v[pos[0] * SIZE + pos[1]] = 1
    return v


def step(pos, a):
    dr, dc = [(0, 1), (0, -1), (1, 0), (-1, 0)][a]
    new = (min(SIZE - 1, max(0, pos[0] + dr)), min(SIZE - 1, max(0, pos[1] + dc)))
    done = new == (SIZE - 1, SIZE - 1)
    return new, 1.0 if done else -0.04, done


q = nn.Sequential(nn.Linear(SIZE * SIZE, 48), nn.ReLU(), nn.Linear(48, 4))
target = nn.Sequential(nn.Linear(SIZE * SIZE, 48), nn.ReLU(), nn.Linear(48, 4))
target.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=1e-7)
memory = deque(maxlen=3000)
pos, eps, lengths, t = (0, 0), 1.0, [], 0
for it in range(1500):
    a = random.randrange(4) if random.random() < eps else int(q(observe(pos)).argmax())
    new, r, done = step(pos, a)
    memory.append((observe(pos), a, r, observe(new), done))
    t += 1
    pos = new
    if done or t > 50:
        lengths.append(t)
        pos, t = (0, 0), 0
    eps = max(0.1, eps * 0.998)
    if len(memory) >= 200 and it % 2 == 0:
        s, a_, r_, s2, d = zip(*random.sample(memory, 32))
        s, s2 = torch.stack(s), torch.stack(s2)
        with torch.no_grad():
            y = torch.tensor(r_) + 0.95 * target(s2).max(1).values * (1 - torch.tensor(d, dtype=torch.float32))
        loss = nn.functional.smooth_l1_loss(q(s).gather(1, torch.tensor(a_)[:, None]).squeeze(1), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    if it % 100 == 0:
        target.load_state_dict(q.state_dict())
print("mean length", sum(lengths[-10:]) / 10)
