import torch
from torch import nn

torch.manual_seed(44)
seq, batch = 32, 32
x = torch.randn(640, seq, 3)
y = torch.tanh(x.sum(-1).cumsum(1) / 4)


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 32, batch_first=True)
        self.head = nn.Linear(32, 1)

    def forward(self, x):
        return self.head(self.gru(x)[0])


net = Sequence()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(8):
    for idx in torch.randperm(640).split(batch):
        out = net(x[idx])
        loss = nn.functional.smooth_l1_loss(out, y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
