import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(111)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 48), nn.Tanh())
        self.actor, self.critic = nn.Linear(48, 3), nn.Linear(48, 1)

    def forward(self, s):
        h = self.body(s)
        return Categorical(logits=self.actor(h)), self.critic(h).squeeze(-1)


net = ActorCritic()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
W = torch.randn(6, 3)
for update in range(400):
    state = torch.randn(64, 6)
    dist, value = net(state)
    action = dist.sample()
    reward = (action == (state @ W).argmax(1)).float() + 0.1 * torch.randn(64)
    advantage = (reward - value).detach()
    loss = -(dist.log_prob(action) * advantage).mean() + 0.5 * (reward - value).pow(2).mean() - 0.01 * dist.entropy().mean()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
print("reward", reward.mean().item())
