import torch
from torch import nn

torch.manual_seed(13)
X = torch.randn(1024, 12)
reg_target = X[:, :3].sum(1, keepdim=True)
cls_target = (X[:, 3] * X[:, 4] > 0).long()


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.reg_head = nn.Linear(32, 1)
        self.cls_head = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x):
        h = self.shared(x)
        return self.reg_head(h), self.cls_head(h)


net = MultiTask()
params = list(net.shared.parameters()) + list(net.reg_head.parameters())
opt = torch.optim.Adam(params, lr=2e-3)
for step in range(400):
    idx = torch.randint(0, 1024, (64,))
    r, c = net(X[idx])
    loss = nn.functional.mse_loss(r, reg_target[idx]) + nn.functional.cross_entropy(c, cls_target[idx])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(step, loss.item())
print("done", loss.item())
