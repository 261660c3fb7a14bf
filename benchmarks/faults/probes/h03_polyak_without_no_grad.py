import torch
from torch import nn

torch.manual_seed(453)
make = lambda: nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
critic, slow = make(), make()
slow.load_state_dict(critic.state_dict())
opt = torch.optim.Adam(critic.parameters(), lr=2e-3)
for step in range(500):
    s = torch.randn(64, 3)
    n = 0.5 * s + 0.1 * torch.randn(64, 3)
    target = s[:, :1] + 0.8 * slow(n)
    loss = nn.functional.mse_loss(critic(s), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
    for p, q in zip(slow.parameters(), critic.parameters()):
        p.data.mul_(0.98).add_(0.02 * q.data)
print("loss", loss.item())
