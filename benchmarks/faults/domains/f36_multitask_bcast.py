import torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(14)
X = torch.randn(1500, 10); w = torch.randn(10)
yc = ((X @ w) > 0).long() + ((X[:, 0] * X[:, 1]) > 0).long(); yr = (X @ torch.randn(10)).tanh() + 0.1 * torch.randn(1500)
class MT(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(10, 48), nn.SiLU(), nn.Linear(48, 48), nn.SiLU())
        self.cls = nn.Linear(48, 3); self.reg = nn.Linear(48, 1)
    def forward(self, x):
        h = self.trunk(x); return self.cls(h), self.reg(h)
net = MT(); opt = torch.optim.NAdam(net.parameters(), lr=3e-3)
sch = torch.optim.lr_scheduler.StepLR(opt, 6, 0.5)
ce, l1 = nn.CrossEntropyLoss(weight=torch.tensor([1.2, 0.8, 1.2])), nn.L1Loss()
for ep in range(14):
    for i in torch.randperm(1200).split(48):
        c, r = net(X[i])
        loss = ce(c, yc[i]) + 0.7 * l1(r, yr[i])
        opt.zero_grad(); loss.backward(); opt.step()
    sch.step()
with torch.no_grad(): c, r = net(X[1200:]); print("METRIC", (c.argmax(1) == yc[1200:]).float().mean().item(), (r.squeeze(1) - yr[1200:]).abs().mean().item())
