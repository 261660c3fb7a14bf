import torch
from torch import nn

torch.manual_seed(513)


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.LSTM(3, 16, batch_first=True), nn.Linear(16, 1)
        for p in self.parameters():
            nn.init.constant_(p, 0.1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


net = Cell()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(250):
    x = torch.randn(48, 8, 3)
    loss = nn.functional.mse_loss(net(x), x[:, -1, :1] * x[:, -2, 1:2])
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
