"""A recurrent network predicts the next value of a noisy wave."""
import torch
from torch import nn

torch.manual_seed(31)


class WaveNet(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.rnn = nn.RNN(1, hidden, nonlinearity="relu", batch_first=True)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=1.6)
        self.read = nn.Linear(hidden, 1)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.read(h[:, -1])


def waves(n, length=50):
    phase, freq = torch.rand(n, 1) * 6.28, 0.2 + 0.2 * torch.rand(n, 1)
    t = torch.arange(length + 1)
    w = torch.sin(phase + freq * t) + 0.05 * torch.randn(n, length + 1)
    return w[:, :-1, None], w[:, -1:]


net = WaveNet()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(200):
    x, y = waves(32)
    loss = (net(x) - y).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
with torch.no_grad():
    x, y = waves(400)
    print("mse:", (net(x) - y).pow(2).mean().item())
