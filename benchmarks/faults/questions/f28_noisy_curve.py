import torch
from torch import nn

torch.manual_seed(38)
x = torch.rand(36, 3) * 2 - 1
y = torch.sin(3 * x[:, :1]) + 0.6 * torch.randn(36, 1)
xv = torch.rand(200, 3) * 2 - 1
yv = torch.sin(3 * xv[:, :1]) + 0.6 * torch.randn(200, 1)
net = nn.Sequential(nn.Linear(3, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 1))
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
criterion = nn.MSELoss()
for epoch in range(1200):
    net.train()
    loss = criterion(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 20 == 0:
        net.eval()
        with torch.no_grad():
            val = criterion(net(xv), yv)
        print(epoch, loss.item(), val.item())
print("validation", val.item())
