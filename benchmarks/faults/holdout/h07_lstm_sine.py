import numpy as np
import torch
from torch import nn

torch.manual_seed(107)
s = torch.tensor(np.sin(np.arange(1000) / 10), dtype=torch.float32)
X = s.unfold(0, 20, 1)[:-1].unsqueeze(-1)
Y = s[20:].unsqueeze(-1)


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 32, 2, batch_first=True)
        self.lin = nn.Linear(32, 1)

    def forward(self, x):
        return self.lin(self.lstm(x)[0][:, -1, :])


m = M()
opt = torch.optim.Adam(m.parameters(), lr=0.01)
for epoch in range(6):
    for b in torch.randperm(800).split(40):
        loss = nn.functional.mse_loss(m(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", nn.functional.mse_loss(m(X[800:]), Y[800:]).item())
