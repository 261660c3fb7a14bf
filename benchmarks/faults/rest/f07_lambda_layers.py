import torch
from torch import nn

torch.manual_seed(507)


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = {f"step{i}": nn.Linear(6, 6) for i in range(3)}
        self.last = nn.Linear(6, 2)

    def forward(self, x):
        for layer in self.steps.values():
            x = x + torch.tanh(layer(x))
        return self.last(x)


net = Flow()
opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
for step in range(120):
    x = torch.randn(64, 6)
    loss = nn.functional.mse_loss(net(x), torch.stack([x[:, 0] * x[:, 1], x[:, 2].abs()], 1))
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
