import torch
from torch import nn

torch.manual_seed(211)
T = N = 16


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, s):
        return self.net(s)


critic = Critic()
opt = torch.optim.Adam(critic.parameters(), lr=3e-3)
w = torch.randn(5)
for it in range(250):
    states = torch.randn(T, N, 5)
    returns = states @ w + 0.1 * torch.randn(T, N)
    loss = nn.functional.mse_loss(critic(states), returns)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("value loss", loss.item())
