import torch
from torch import nn

torch.manual_seed(130)


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -0.3 * g


y = torch.randint(0, 3, (1200,))
dom = torch.randint(0, 2, (1200,))
x = 2 * torch.randn(3, 8)[y] + torch.randn(1200, 8) + 1.5 * dom[:, None] * torch.randn(8)
body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
label_head, domain_head = nn.Linear(16, 3), nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
model = nn.ModuleDict({"body": body, "label": label_head, "domain": domain_head})
opt = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
ce = nn.CrossEntropyLoss()
for epoch in range(20):
    for idx in torch.randperm(1200).split(60):
        h = body(x[idx])
        known = dom[idx] == 0
        loss = ce(label_head(h[known]), y[idx][known]) + ce(domain_head(Reverse.apply(h)), dom[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("target domain", (label_head(body(x[dom == 1])).argmax(1) == y[dom == 1]).float().mean().item())
