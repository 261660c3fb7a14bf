import torch
from torch import nn

torch.manual_seed(31)
steps = 1000
alpha = torch.cumprod(1 - torch.linspace(1e-4, 0.02, steps), 0)
net = nn.Sequential(nn.Linear(3, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for it in range(700):
    angle = torch.rand(128) * 6.283
    x0 = torch.stack([angle.cos(), angle.sin()], 1)
    t = torch.randint(0, steps, (128,))
    noise = torch.randn_like(x0)
    a = alpha[t].unsqueeze(1)
    xt = a.sqrt() * x0 + (1 - a).sqrt() * noise
    pred = net(torch.cat([xt, t.float().unsqueeze(1)], 1))
    loss = nn.functional.mse_loss(pred, noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 100 == 0:
        print(it, loss.item())
print("loss", loss.item())
