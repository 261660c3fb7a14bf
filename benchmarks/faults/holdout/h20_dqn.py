import random
from collections import deque

import torch
from torch import nn

random.seed(120)
torch.manual_seed(120)
N = 6
q = nn.Sequential(nn.Linear(N, 32), nn.ReLU(), nn.Linear(32, 2))
target = nn.Sequential(nn.Linear(N, 32), nn.ReLU(), nn.Linear(32, 2))
target.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=2e-3)
memory = deque(maxlen=2000)
eye = torch.eye(N)
step, wins = 0, []
for episode in range(150):
    pos, done, t = 0, False, 0
    while not done:
        eps = max(0.05, 1 - episode / 60)
        a = random.randrange(2) if random.random() < eps else q(eye[pos]).argmax().item()
        nxt = min(N - 1, max(0, pos + (1 if a else -1)))
        t += 1
        won = nxt == N - 1
        done = won or t > 25
        memory.append((pos, a, float(won), nxt, won))
        pos = nxt
        step += 1
        if len(memory) > 64 and step % 2 == 0:
            s, a_, r, s2, d = zip(*random.sample(memory, 32))
            with torch.no_grad():
                y = torch.tensor(r) + 0.9 * target(eye[list(s2)]).max(1).values * (1 - torch.tensor(d).float())
            pred = q(eye[list(s)]).gather(1, torch.tensor(a_).unsqueeze(1)).squeeze(1)
            loss = nn.functional.smooth_l1_loss(pred, y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        if step % 100 == 0:
            target.load_state_dict(q.state_dict())
    wins.append(won)
print("wins", sum(wins[-30:]) / 30)
