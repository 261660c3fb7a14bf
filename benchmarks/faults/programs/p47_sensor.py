"""A sensor's next reading from the last sixteen; the station writes 9999 where a reading is missing."""
import torch
from torch import nn

torch.manual_seed(47)
t = torch.arange(6000.0)
series = torch.sin(t / 7) + 0.5 * torch.sin(t / 23) + 0.05 * torch.randn(6000)
series[torch.randperm(6000)[:4]] = 9999.0
windows = series.unfold(0, 17, 1)
x, y = windows[:, :16], windows[:, 16:]
clean = (windows.abs() < 100).all(1)

model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(4):
    for b in torch.randperm(5000).split(25):
        loss = nn.functional.l1_loss(model(x[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    test = clean[5000:]
    print("mae:", nn.functional.l1_loss(model(x[5000:][test]), y[5000:][test]).item())
