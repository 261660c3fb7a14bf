import torch
from torch import nn

torch.manual_seed(102)
contexts, actions = 4, 5
best = torch.tensor([2, 0, 4, 1])
policy = nn.Sequential(nn.Linear(contexts, 32), nn.Tanh(), nn.Linear(32, actions))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2, maximize=True)
baseline = 0.0
for episode in range(300):
    state = torch.randint(0, contexts, (32,))
    dist = torch.distributions.Categorical(logits=policy(nn.functional.one_hot(state, contexts).float()))
    action = dist.sample()
    reward = (action == best[state]).float() + 0.1 * torch.randn(32)
    objective = (dist.log_prob(action) * (reward - baseline)).mean() + 0.01 * dist.entropy().mean()
    baseline = 0.9 * baseline + 0.1 * reward.mean().item()
    optimizer.zero_grad()
    objective.backward()
    optimizer.step()
print("reward", baseline)
