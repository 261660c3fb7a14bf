"""An LSTM reads a string of bits and says how many were ones, divided by the length."""
import torch
import torch.nn as nn

torch.manual_seed(7)


class Counter(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])


def batch(n=32, length=12):
    p = torch.rand(n, 1, 1)
    bits = (torch.rand(n, length, 1) < p).float()
    return bits, bits.mean(1)


model = Counter()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
mse = nn.MSELoss()
for it in range(400):
    x, y = batch()
    loss = mse(model(x), y)
    loss.backward()
    optimizer.step()
    if it % 100 == 0:
        print(it, loss.item())

model.eval()
x, y = batch(512)
with torch.no_grad():
    print("mse:", mse(model(x), y).item())
