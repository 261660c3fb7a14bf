import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(202)
x = torch.randn(1000, 10)
rel = x @ torch.randn(10) + 0.2 * torch.randn(1000)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for it in range(300):
    i, j = torch.randint(0, 1000, (2, 64))
    s = net(x[i])[:, 0] - net(x[j])[:, 0]
    label = (rel[i] > rel[j]).float()
    loss = -F.binary_cross_entropy_with_logits(s, label)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
