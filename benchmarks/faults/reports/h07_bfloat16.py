import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(107)
d = load_digits()
X, y = torch.tensor(d.images / 8 - 1).float()[:, None], torch.tensor(d.target)
net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10))
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == y).float().mean().item())
