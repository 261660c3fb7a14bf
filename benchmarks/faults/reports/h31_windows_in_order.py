import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(131)
series = torch.sin(torch.arange(1500) / 9.0) + 0.3 * torch.sin(torch.arange(1500) / 3.1) + 0.05 * torch.randn(1500)


class Windows(Dataset):
    def __len__(self):
        return 1500 - 31

    def __getitem__(self, i):
        return series[i : i + 30].unsqueeze(1), series[i + 30]


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(1, 24, batch_first=True), nn.Linear(24, 1)

    def forward(self, x):
        return self.fc(self.gru(x)[0][:, -1]).squeeze(1)


net = Forecaster()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    for x, y in DataLoader(Windows(), batch_size=64):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        opt.step()
print("mse", loss.item())
