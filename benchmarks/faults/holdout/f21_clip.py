import torch
import torch.nn as nn

torch.manual_seed(21)


class Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 32, batch_first=True)
        self.out = nn.Linear(32, 1)

    def forward(self, x):
        return self.out(self.gru(x)[0][:, -1]).squeeze(-1)


def batch(n=32, length=12):
    values = torch.rand(n, length)
    mask = torch.zeros(n, length)
    for row in mask:
        row[torch.randperm(length)[:2]] = 1
    return torch.stack([values, mask], -1), (values * mask).sum(1)


model = Seq()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(500):
    x, y = batch()
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.0005)
    optimizer.step()
    if i % 100 == 0:
        print(i, loss.item())
print("loss", loss.item())
