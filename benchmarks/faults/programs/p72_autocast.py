import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(72)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X / 16).float()
y = torch.tensor(y)
loader = DataLoader(TensorDataset(X[:1400], y[:1400]), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(64, 96), nn.LayerNorm(96), nn.GELU(), nn.Linear(96, 96), nn.LayerNorm(96), nn.GELU(), nn.Linear(96, 10))
opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
steps = 6 * len(loader) // 4
sched = torch.optim.lr_scheduler.SequentialLR(
    opt, [torch.optim.lr_scheduler.LinearLR(opt, 0.05, total_iters=10), torch.optim.lr_scheduler.CosineAnnealingLR(opt, steps)], [10]
)
for epoch in range(6):
    for i, (a, b) in enumerate(loader):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(model(a), b) / 4
        loss.backward()
        if i % 4 == 3:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            opt.zero_grad()
            sched.step()
with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
    print("accuracy:", (model(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
