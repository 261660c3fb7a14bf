import torch
from torch import nn

torch.manual_seed(426)
rnn, out = nn.GRU(1, 32, batch_first=True), nn.Linear(32, 1)
net = nn.ModuleList([rnn, out])
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(900):
    phase = torch.rand(32, 1) * 6.283
    wave = torch.sin(phase + torch.arange(21) * 0.4)
    if step > 400 and step % 60 == 0:
        wave[:3] *= 200  # a broken sensor
    x, y = wave[:, :20, None], wave[:, 20:]
    loss = nn.functional.mse_loss(out(rnn(x)[0][:, -1]), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(step, loss.item())
