import torch
from torch import nn

torch.manual_seed(120)


class TopTwo(nn.Module):
    def __init__(self, d=3, e=4):
        super().__init__()
        self.gate = nn.Linear(d, e)
        self.experts = nn.ModuleList([nn.Sequential(nn.Linear(d, 24), nn.ReLU(), nn.Linear(24, 1)) for _ in range(e)])
        self.balance = torch.zeros(())

    def forward(self, x):
        probs = self.gate(x).softmax(-1)
        top, where = probs.topk(2, dim=-1)
        top = top / top.sum(-1, keepdim=True)
        self.balance = (probs.mean(0) ** 2).sum() * len(self.experts)
        outs = torch.stack([f(x) for f in self.experts], 1).squeeze(-1)
        return (outs.gather(1, where) * top).sum(1)


x = torch.randn(2000, 3)
y = torch.where(x[:, 0] > 0, x[:, 1] ** 2, -x[:, 2]) * 0.7
net = TopTwo()
opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
for epoch in range(20):
    for idx in torch.randperm(2000).split(50):
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        total = loss + 0.01 * net.balance
        opt.zero_grad()
        total.backward()
        opt.step()
print("mse", nn.functional.mse_loss(net(x), y).item())
