"""The adding problem: the sum of two marked numbers in a sequence."""
import torch
from torch import nn

torch.manual_seed(8)
T = 16


def make(n):
    values = torch.rand(n, T)
    marks = torch.zeros(n, T)
    first = torch.randint(0, T // 2, (n,))
    second = torch.randint(T // 2, T, (n,))
    marks[torch.arange(n), first] = 1
    marks[torch.arange(n), second] = 1
    return torch.stack([values, marks], 2), (values * marks).sum(1, keepdim=True)


class Adder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 40, batch_first=True)
        self.out = nn.Linear(40, 1)

    def forward(self, x):
        _, h = self.rnn(x)
        return self.out(h[-1])


model = Adder()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(500):
    x, y = make(50)
    loss = nn.functional.mse_loss(model(x), y)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
with torch.no_grad():
    x, y = make(500)
    print("mse:", nn.functional.mse_loss(model(x), y).item())
