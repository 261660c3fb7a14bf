import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(16)
x = torch.tensor(load_digits().images, dtype=torch.float32).unsqueeze(1) / 16


class ConvAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.LeakyReLU(0.1), nn.Conv2d(16, 16, 3, stride=2, padding=1),
                                 nn.Flatten(), nn.Linear(64, 16))
        self.dec = nn.Sequential(nn.Linear(16, 64), nn.Unflatten(1, (16, 2, 2)), nn.LeakyReLU(0.1), nn.ConvTranspose2d(16, 16, 4, 2, 1),
                                 nn.LeakyReLU(0.1), nn.ConvTranspose2d(16, 1, 4, 2, 1))

    def forward(self, x):
        return torch.sigmoid(self.dec(self.enc(x)))


model = ConvAE()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 12)
for epoch in range(12):
    for b in torch.randperm(1600).split(40):
        noisy = x[b] + 0.1 * torch.randn_like(x[b])
        loss = nn.functional.binary_cross_entropy(model(noisy), x[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    sched.step()
with torch.no_grad():
    print("mse:", nn.functional.mse_loss(model(x[1600:]), x[1600:]).item())
