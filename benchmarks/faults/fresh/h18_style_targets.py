import torch
from torch import nn

torch.manual_seed(318)
extractor = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU()).requires_grad_(False)
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
blur = torch.ones(1, 1, 3, 3) / 9
for step in range(250):
    x = torch.randn(12, 1, 12, 12)
    y = nn.functional.conv2d(x, blur, padding=1)
    out = net(x)
    loss = nn.functional.mse_loss(extractor(out), extractor(y)) + 0.5 * nn.functional.mse_loss(out, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
