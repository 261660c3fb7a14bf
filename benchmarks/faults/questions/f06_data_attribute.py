import torch
from torch import nn

torch.manual_seed(16)
t = torch.arange(0, 60, 0.1)
wave = torch.sin(t) + 0.4 * torch.sin(2.7 * t)
windows = wave.unfold(0, 25, 1)
X, Y = windows[:, :24].unsqueeze(-1), windows[:, 24:]


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(1, 24, batch_first=True)
        self.decoder = nn.Sequential(nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        _, (h, _) = self.encoder(x)
        h = h[-1].data  # only the values are needed
        return self.decoder(h)


model = Forecaster()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(30):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.mse_loss(model(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
