import torch
from torch import nn

torch.manual_seed(12)


def batch(n=16):
    img, mask = 0.3 * torch.randn(n, 1, 16, 16), torch.zeros(n, 1, 16, 16)
    for i in range(n):
        r, c = torch.randint(0, 10, (2,)).tolist()
        mask[i, 0, r : r + 6, c : c + 6] = 1
    return img + mask, mask


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2))
        self.mid = nn.Sequential(nn.Conv2d(12, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU())
        self.up = nn.ConvTranspose2d(24, 12, 2, stride=2)
        self.out = nn.Conv2d(12, 1, 1)

    def forward(self, x):
        x = self.up(self.mid(self.down(x)))
        return torch.sigmoid(self.out(torch.relu(x)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.BCEWithLogitsLoss()
for step in range(150):
    x, y = batch()
    loss = criterion(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("final", loss.item())
