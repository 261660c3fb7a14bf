import torch
from torch import nn

torch.manual_seed(4)


def shapes(n):
    img = 0.3 * torch.randn(n, 1, 16, 16)
    mask = torch.zeros(n, 16, 16, dtype=torch.long)
    for i in range(n):
        r, c = torch.randint(0, 9, (2,)).tolist()
        mask[i, r : r + 7, c : c + 7] = 1
        img[i, 0, r : r + 7, c : c + 7] += 1.0
        r, c = torch.randint(0, 11, (2,)).tolist()
        mask[i, r : r + 5, c : c + 5] = 2
        img[i, 0, r : r + 5, c : c + 5] -= 1.5
    return img, mask


class SegNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU()
        )
        self.head = nn.Conv2d(16, 3, 1)

    def forward(self, x):
        return torch.log_softmax(self.head(self.body(x)), dim=-1)


X, M = shapes(256)
net = SegNet()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
loss_fn = nn.NLLLoss()
for epoch in range(8):
    for idx in torch.randperm(256).split(16):
        opt.zero_grad()
        loss = loss_fn(net(X[idx]), M[idx])
        loss.backward()
        opt.step()
net.eval()
Xv, Mv = shapes(64)
with torch.no_grad():
    print("pixel accuracy", (net(Xv).argmax(1) == Mv).float().mean().item())
