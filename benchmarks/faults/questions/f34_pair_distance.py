import torch
from torch import nn

torch.manual_seed(44)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
protos = torch.randn(5, 10)
for step in range(300):
    c = torch.randint(0, 5, (32,))
    same = torch.rand(32) < 0.5
    other = torch.where(same, c, (c + 1) % 5)
    a = protos[c] + 0.2 * torch.randn(32, 10)
    b = protos[other] + 0.2 * torch.randn(32, 10)
    if step >= 150 and step % 10 == 0:
        b[0], same[0] = a[0], True  # a pair with itself
    d = ((net(a) - net(b)) ** 2).sum(1).sqrt()
    loss = torch.where(same, d**2, (1 - d).clamp(min=0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
