import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(30)
images = torch.tensor(load_digits().data).float() / 16 * 255


class ConvAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU())
        self.dec = nn.Sequential(
            nn.ConvTranspose2d(16, 8, 2, 2), nn.ReLU(), nn.ConvTranspose2d(8, 1, 2, 2), nn.Sigmoid()
        )

    def forward(self, x):
        return self.dec(self.enc(x))


net = ConvAE()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(6):
    for idx in torch.randperm(len(images)).split(64):
        x = images[idx].view(-1, 1, 8, 8)
        loss = nn.functional.mse_loss(net(x), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
