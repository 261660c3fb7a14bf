import torch, torch.nn as nn, torch.nn.functional as F
torch.set_num_threads(1); torch.manual_seed(34)
def sample(n):
    yy, xx = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
    c = torch.rand(n, 2) * 10 + 3; r = torch.rand(n) * 2 + 2
    m = (((yy - c[:, 0, None, None]) ** 2 + (xx - c[:, 1, None, None]) ** 2) < (r ** 2)[:, None, None]).float()
    return (m + 0.5 * torch.randn(n, 16, 16))[:, None], m[:, None]
class UNet(nn.Module):
    def __init__(s):
        super().__init__()
        s.d1 = nn.Conv2d(1, 8, 3, padding=1); s.d2 = nn.Conv2d(8, 16, 3, padding=1); s.u = nn.ConvTranspose2d(16, 8, 2, 2); s.o = nn.Conv2d(16, 1, 1)
    def forward(s, x):
        a = F.relu(s.d1(x)); b = F.relu(s.d2(F.max_pool2d(a, 2)))
        return s.o(torch.cat([a, F.relu(s.u(b))], 1))
def dice(p, t): return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)
net = UNet(); opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(150):
    x, m = sample(12)
    logit = net(x)
    loss = F.binary_cross_entropy_with_logits(logit, m) + dice(logit.sigmoid(), m)
    opt.zero_grad(); loss.backward(); opt.step()
x, m = sample(64)
with torch.no_grad(): print("METRIC", 1 - dice((net(x) > 0).float(), m).item())
