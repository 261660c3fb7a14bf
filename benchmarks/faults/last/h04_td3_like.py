import torch
from torch import nn

torch.manual_seed(234)
critic = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 1))
goal = nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 1))
goal.load_state_dict(critic.state_dict())
actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
oc, oa = torch.optim.Adam(critic.parameters(), lr=2e-3), torch.optim.Adam(actor.parameters(), lr=1e-3)
for it in range(600):
    s, a, s2 = torch.randn(64, 3), torch.rand(64, 1) * 2 - 1, torch.randn(64, 3)
    r = 1 - (a - s[:, :1].tanh()).abs()
    with torch.no_grad():
        y = r + 0.5 * goal(torch.cat([s2, actor(s2)], 1))
    loss = (critic(torch.cat([s, a], 1)) - y).pow(2).mean()
    oc.zero_grad()
    loss.backward()
    oc.step()
    if it % 2 == 0:
        oa.zero_grad()
        (-critic(torch.cat([s, actor(s)], 1)).mean()).backward()
        oa.step()
        with torch.no_grad():
            for p, q in zip(critic.parameters(), goal.parameters()):
                q.lerp_(p, 0.02)
s = torch.randn(500, 3)
print("action error", (actor(s) - s[:, :1].tanh()).abs().mean().item())
