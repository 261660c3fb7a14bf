import torch
from torch import nn

torch.manual_seed(303)
torch.set_default_dtype(torch.float64)
x = torch.linspace(-3, 3, 300).unsqueeze(1)
y = x.sin() * x + 0.1 * torch.randn(300, 1)
net = nn.Sequential(nn.Linear(1, 50), nn.Tanh(), nn.Linear(50, 50), nn.Tanh(), nn.Linear(50, 1))
opt = torch.optim.LBFGS(net.parameters(), max_iter=8, line_search_fn="strong_wolfe")


def closure():
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    return loss


for _ in range(20):
    loss = opt.step(closure)
print("mse", loss.item())
