import torch
from torch import nn

torch.manual_seed(30)
x = torch.randn(1000, 8)
latent = x @ torch.randn(8) + 0.3 * torch.randn(1000)
grade = (latent[:, None] > torch.tensor([-2.5, -0.8, 0.8, 2.5])).sum(1)
steps = (grade[:, None] > torch.arange(4)).float()


class Ordinal(nn.Module):
    def __init__(self, depth=9, width=20):
        super().__init__()
        layers, size = [], 8
        for _ in range(depth):
            layers += [nn.Linear(size, width), nn.Sigmoid()]
            size = width
        self.body = nn.Sequential(*layers)
        self.score = nn.Linear(width, 1, bias=False)
        self.cuts = nn.Parameter(torch.tensor([-1.5, -0.5, 0.5, 1.5]))

    def forward(self, x):
        return self.score(self.body(x)) - self.cuts


net = Ordinal()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(15):
    for idx in torch.randperm(800).split(20):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[idx]), steps[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
predicted = (net(x[800:]) > 0).sum(1)
print("mean error in grades", (predicted - grade[800:]).abs().float().mean().item())
