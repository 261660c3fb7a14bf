import random
from collections import deque

import torch
from torch import nn

torch.manual_seed(27)
random.seed(27)
SIZE = 8
q = nn.Sequential(nn.Linear(SIZE, 32), nn.ReLU(), nn.Linear(32, 2))
target = nn.Sequential(nn.Linear(SIZE, 32), nn.ReLU(), nn.Linear(32, 2))
target.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=2e-3)
memory = deque(maxlen=2000)
eye = torch.eye(SIZE)
state, steps = 0, 0
for step in range(900):
    action = random.randrange(2) if random.random() < 0.3 else int(q(eye[state]).argmax())
    nxt = max(0, min(SIZE - 1, state + (1 if action else -1)))
    done = nxt == SIZE - 1
    memory.append((state, action, 1.0 if done else -0.02, nxt, float(done)))
    state = 0 if done else nxt
    if len(memory) < 64:
        continue
    s, a, r, n, d = zip(*random.sample(memory, 32))
    values = q(eye[list(s)]).gather(1, torch.tensor(a).unsqueeze(1))
    with torch.no_grad():
        best = target(eye[list(n)]).max(1).values
    expected = torch.tensor(r) + 0.95 * best * (1 - torch.tensor(d))
    loss = nn.functional.mse_loss(values, expected)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        target.load_state_dict(q.state_dict())
print("loss", loss.item())
