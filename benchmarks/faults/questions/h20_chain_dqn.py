import random

import torch
from torch import nn

torch.manual_seed(120)
random.seed(120)
N = 7
make = lambda: nn.Sequential(nn.Linear(N, 48), nn.ReLU(), nn.Linear(48, 2))
q, frozen = make(), make()
frozen.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
eye, buffer, s = torch.eye(N), [], 0
for step in range(1500):
    eps = max(0.1, 1 - step / 800)
    a = random.randrange(2) if random.random() < eps else int(q(eye[s]).argmax())
    n = min(N - 1, s + 1) if a else max(0, s - 1)
    done = n == N - 1
    buffer.append((s, a, float(done), n, float(done)))
    s = 0 if done else n
    if step < 100 or step % 2:
        continue
    bs, ba, br, bn, bd = map(torch.tensor, zip(*random.sample(buffer, 32)))
    with torch.no_grad():
        goal = br + 0.9 * frozen(eye[bn]).max(1)[0] * (1 - bd)
    loss = nn.functional.smooth_l1_loss(q(eye[bs]).gather(1, ba[:, None])[:, 0], goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        frozen.load_state_dict(q.state_dict())
print("greedy goes right", (q(eye[: N - 1]).argmax(1) == 1).float().mean().item())
