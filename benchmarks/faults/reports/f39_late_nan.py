import torch
from torch import nn

torch.manual_seed(39)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(1600):
    x = torch.randn(32, 6)
    if step >= 1100 and step % 7 == 0:
        x[3, 2] = float("nan")  # a sensor that was off
    y = x[:, :2].sum(1, keepdim=True)
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    opt.step()
    if step % 200 == 0:
        print(step, loss.item())
print("loss", loss.item())
