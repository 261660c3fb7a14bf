import torch
from torch import nn

torch.manual_seed(39)


class Bilinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(6, 8)
        self.right = nn.Linear(6, 8)
        self.mix = torch.randn(8, 8, requires_grad=True) * 0.1

    def forward(self, a, b):
        return ((self.left(a) @ self.mix) * self.right(b)).sum(1)


a, b = torch.randn(1500, 6), torch.randn(1500, 6)
target = torch.tanh((a @ torch.randn(6, 6) * b).sum(1))
model = Bilinear()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(1500).split(50):
        loss = nn.functional.mse_loss(model(a[idx], b[idx]), target[idx])
        opt.zero_grad()
        loss.backward(retain_graph=True)
        opt.step()
    print(epoch, loss.item())
