import torch
from torch import nn

torch.manual_seed(134)
dt, T = 0.1, 20
A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])


def truth(x0):
    xs = [x0]
    for _ in range(T):
        xs.append(xs[-1] @ torch.linalg.matrix_exp(A * dt).T)
    return torch.stack(xs[1:], 1)


f = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam(f.parameters(), lr=1e-2)
for it in range(250):
    x = torch.randn(32, 2)
    goal, path = truth(x), []
    for _ in range(T):
        mid = x + 0.5 * dt * f(x)
        x = x + dt * f(mid)
        path.append(x)
    loss = nn.functional.mse_loss(torch.stack(path, 1), goal)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("mse", loss.item())
