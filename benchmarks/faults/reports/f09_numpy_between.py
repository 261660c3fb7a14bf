import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(9)
t = np.linspace(0, 1, 64)
freq = np.random.RandomState(9).randint(2, 12, 800)
signals = torch.tensor(np.sin(2 * np.pi * freq[:, None] * t) + 0.3 * np.random.RandomState(1).randn(800, 64)).float()
target = torch.tensor(freq - 2)


class Spectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.filter = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64))
        self.classify = nn.Linear(33, 10)

    def forward(self, x):
        clean = self.filter(x)
        power = np.abs(np.fft.rfft(clean.detach().numpy(), axis=1))
        return self.classify(torch.from_numpy(power).float())


net = Spectrum()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(20):
    for idx in torch.randperm(800).split(50):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(signals[idx]), target[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
