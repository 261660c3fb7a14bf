import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(28)


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.Tanh())
        self.pi, self.v = nn.Linear(32, 3), nn.Linear(32, 1)

    def forward(self, s):
        h = self.body(s)
        return self.pi(h), self.v(h).squeeze(-1)


agent = Agent()
opt = torch.optim.Adam(agent.parameters(), lr=3e-3)
for episode in range(400):
    s = torch.randn(20, 4)
    logits, value = agent(s)
    dist = Categorical(logits=logits)
    a = dist.sample()
    reward = (a == s[:, :3].argmax(1)).float()
    advantage = reward - value
    loss = -(dist.log_prob(a) * advantage.detach()).mean() + 0.5 * advantage.pow(2).mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(agent.parameters(), 5.0)
    opt.step()
    if episode % 50 == 0:
        print(episode, reward.mean().item())
print("reward", reward.mean().item())
