import torch, torch.nn as nn
from torch.distributions import Categorical
torch.set_num_threads(1)
torch.manual_seed(6)
class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(6, 32), nn.Tanh())
        self.actor = nn.Linear(32, 3); self.critic = nn.Linear(32, 1)
    def forward(self, s):
        h = self.shared(s)
        return Categorical(logits=self.actor(h)), self.critic(h).squeeze(-1)
W = torch.randn(6, 3)
ac = ActorCritic()
opt = torch.optim.Adam(ac.parameters(), lr=5e-3)
hist = []
for it in range(300):
    s = torch.randn(48, 6)
    best = (s @ W).argmax(1)
    dist, value = ac(s)
    a = dist.sample()
    with torch.no_grad():
        logp = dist.log_prob(a)
    reward = (a == best).float()
    adv = reward - value.detach()
    policy_loss = -(logp * adv).mean()
    value_loss = nn.functional.mse_loss(value, reward)
    loss = policy_loss + 0.5 * value_loss
    opt.zero_grad(); loss.backward(); opt.step()
    hist.append(reward.mean().item())
print("METRIC", sum(hist[-30:]) / 30)
