import torch
from torch import nn

torch.manual_seed(126)
t = torch.arange(0, 120, 0.1)
wave = torch.sin(t) * torch.cos(0.3 * t)


class Echo(nn.Module):
    def __init__(self, n=100):
        super().__init__()
        w = torch.randn(n, n)
        self.register_buffer("w", 0.9 * w / torch.linalg.eigvals(w).abs().max())
        self.register_buffer("w_in", torch.rand(n) - 0.5)
        self.readout = nn.Linear(n, 1)

    def states(self, u):
        h, out = torch.zeros(len(self.w)), []
        for v in u:
            h = torch.tanh(self.w @ h + self.w_in * v)
            out.append(h)
        return torch.stack(out)

    def forward(self, s):
        return self.readout(s).squeeze(1)


net = Echo()
S = net.states(wave[:-1])[100:]
target = wave[101:]
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(60):
    for idx in torch.randperm(len(S)).split(100):
        loss = nn.functional.mse_loss(net(S[idx]), target[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
