import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(552)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3))
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
for step in range(400):
    s = torch.randn(64, 4)
    logp = F.log_softmax(policy(s), 1)
    a = torch.multinomial(logp.exp(), 1)
    cost = (a.squeeze(1) != s[:, :3].argmax(1)).float()
    loss = (logp.gather(1, a).squeeze(1) * (cost - cost.mean())).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("cost", cost.mean().item())
