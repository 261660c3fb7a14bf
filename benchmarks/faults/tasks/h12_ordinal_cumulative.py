import torch
from torch import nn

torch.manual_seed(112)
x = torch.randn(1500, 8)
latent = x @ torch.randn(8) + torch.sin(3 * x[:, 0]) + 0.3 * torch.randn(1500)
grade = (latent[:, None] > torch.tensor([-2.5, -0.8, 0.8, 2.5])).sum(1)
steps = (grade[:, None] > torch.arange(4)).float()
body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1, bias=False))
cuts = nn.Parameter(torch.linspace(-1, 1, 4))
opt = torch.optim.Adam([{"params": body.parameters()}, {"params": [cuts], "lr": 1e-2}], lr=3e-3)
for epoch in range(20):
    for idx in torch.randperm(1200).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(body(x[idx]) - cuts, steps[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("grades off", ((body(x[1200:]) > cuts).sum(1) - grade[1200:]).abs().float().mean().item())
