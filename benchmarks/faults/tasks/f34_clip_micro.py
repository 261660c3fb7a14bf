import math

import torch
from torch import nn

torch.manual_seed(35)
t = torch.arange(0, 400) * 0.1
wave = torch.sin(t) + 0.5 * torch.sin(2.7 * t)
X = wave.unfold(0, 20, 1)[:-1].unsqueeze(-1)
Y = wave[20:].unsqueeze(-1)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 24, batch_first=True)
        self.linear = nn.Linear(24, 1)

    def forward(self, x):
        _, (h, _) = self.lstm(x)
        return self.linear(h[-1])


net = Forecaster()
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(19):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), max_norm=1e-6)
        opt.step()
    print(epoch, math.sqrt(loss.item()), loss.item())
