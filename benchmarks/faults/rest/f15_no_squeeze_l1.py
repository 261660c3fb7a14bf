import torch
from torch import nn

torch.manual_seed(515)
t = torch.arange(0, 80, 0.1)
wave = torch.sin(t) + 0.1 * torch.randn(len(t))
X, Y = wave.unfold(0, 15, 1)[:-1], wave[15:]


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.LSTM(1, 24, batch_first=True), nn.Linear(24, 1)

    def forward(self, x):
        return self.out(self.rnn(x.unsqueeze(-1))[0][:, -1])


net = Forecast()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
l1 = nn.L1Loss()
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(40):
        loss = l1(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mae", (net(X).squeeze(1) - Y).abs().mean().item())
