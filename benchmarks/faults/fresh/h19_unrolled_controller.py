import torch
from torch import nn

torch.manual_seed(319)
control = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
opt = torch.optim.AdamW(control.parameters(), lr=1e-2)
for step in range(200):
    state = torch.randn(48, 2)
    cost = 0.0
    for _ in range(12):
        force = control(state)
        state = torch.stack([state[:, 0] + 0.2 * state[:, 1], state[:, 1] + 0.2 * force[:, 0]], 1)
        cost = cost + state.pow(2).sum(1).mean() + 0.01 * force.pow(2).mean()
    loss = cost / 12
    opt.zero_grad()
    loss.backward()
    opt.step()
print("cost", loss.item())
