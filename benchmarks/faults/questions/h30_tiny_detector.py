import math

import torch
from torch import nn

torch.manual_seed(130)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 1, 1), nn.ReLU())
        self.obj, self.box = nn.Conv2d(32, 1, 1), nn.Conv2d(32, 2, 1)
        nn.init.constant_(self.obj.bias, -math.log(50))

    def forward(self, x):
        h = self.body(x)
        return self.obj(h), self.box(h)


net = Detector()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(300):
    img, obj, box = 0.1 * torch.randn(16, 1, 16, 16), torch.zeros(16, 1, 8, 8), torch.zeros(16, 2, 8, 8)
    for i in range(16):
        r, c = torch.randint(1, 15, (2,)).tolist()
        img[i, 0, r - 1 : r + 2, c - 1 : c + 2] += 1
        obj[i, 0, r // 2, c // 2] = 1
        box[i, :, r // 2, c // 2] = torch.tensor([r % 2, c % 2]) - 0.5
    o, b = net(img)
    loss_obj = nn.functional.binary_cross_entropy_with_logits(o, obj, reduction="sum") / 16
    loss_box = (nn.functional.smooth_l1_loss(b, box, reduction="none") * obj).sum() / obj.sum()
    loss = loss_obj + loss_box
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
