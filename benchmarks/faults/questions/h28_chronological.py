import torch
from torch import nn

torch.manual_seed(128)
t = torch.arange(900).float()
series = torch.sin(t / 8) + 0.3 * torch.sin(t / 3) + 0.15 * torch.randn(900)
win = series.unfold(0, 21, 1)
X, Y = win[:, :20].unsqueeze(-1), win[:, 20:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.out = nn.GRU(1, 32, batch_first=True), nn.Linear(32, 1)

    def forward(self, x):
        return self.out(self.gru(x)[0][:, -1])


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
train = 750
for epoch in range(15):
    for i in range(0, train, 50):
        loss = nn.functional.mse_loss(net(X[i : i + 50]), Y[i : i + 50])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(net(X[train:]), Y[train:]).item())
