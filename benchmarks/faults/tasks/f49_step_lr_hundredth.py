import torch
from torch import nn

torch.manual_seed(50)
centres = torch.randn(12, 2) * 3
label = torch.randint(0, 12, (2400,))
pts = centres[label] + 0.25 * torch.randn(2400, 2)
label = label % 3
net = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=1, gamma=0.01)
for epoch in range(20):
    for idx in torch.randperm(2400).split(48):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(pts[idx]), label[idx])
        loss.backward()
        opt.step()
    sched.step()
print("accuracy", (net(pts).argmax(1) == label).float().mean().item())
