import torch
from torch import nn

torch.manual_seed(23)
x = torch.rand(1000, 20, 4)
y = x[:, :, 0].mean(1, keepdim=True) * 4 - 2


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 24, batch_first=True)
        self.out = nn.Linear(24, 1)

    def forward(self, x):
        return self.out(self.gru(x)[0][:, -1])


net = Forecast()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(12):
    for idx in torch.randperm(1000).split(50):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 1e-4)
        opt.step()
    print(epoch, loss.item())
