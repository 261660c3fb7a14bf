import torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(23)
def draw(n):
    x = torch.randn(n, 1, 12, 12) * 0.3; y = torch.randint(0, 3, (n,))
    for i in range(n):
        r, c = torch.randint(2, 10, (2,)).tolist()
        if y[i] == 0: x[i, 0, r, 2:10] += 1.5
        elif y[i] == 1: x[i, 0, 2:10, c] += 1.5
        else: x[i, 0, r - 1:r + 2, c - 1:c + 2] += 1.0
    return x, y
X, Y = draw(900); XV, YV = draw(200)
class Res(nn.Module):
    def __init__(s, c): super().__init__(); s.f = nn.Sequential(nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c), nn.ReLU(inplace=True), nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c))
    def forward(s, x): return torch.relu(x + s.f(x))
net = nn.Sequential(nn.Conv2d(1, 10, 3, stride=2, padding=1), Res(10), Res(10), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, 3))
opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
sch = torch.optim.lr_scheduler.MultiStepLR(opt, [5, 7], 0.2)
for ep in range(8):
    net.train()
    for i in torch.randperm(900).split(50):
        lam = torch.distributions.Beta(0.4, 0.4).sample(); j = i[torch.randperm(len(i))]
        out = net(lam * X[i] + (1 - lam) * X[j])
        loss = lam * nn.functional.cross_entropy(out, Y[i]) + (1 - lam) * nn.functional.cross_entropy(out, Y[j])
        opt.zero_grad(); loss.backward(); opt.step()
    sch.step()
net.eval()
with torch.no_grad(): print("METRIC", (net(XV).argmax(1) == YV).float().mean().item())
