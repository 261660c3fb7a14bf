import torch
from torch import nn

torch.manual_seed(21)
STEPS = 120
x = torch.randn(800, STEPS, 1) * 0.2
y = torch.randint(0, 2, (800,))
x[:, 0, 0] = y * 2.0 - 1


class Remember(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 24, batch_first=True)
        self.fc = nn.Linear(24, 2)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.fc(out[:, -1])


model = Remember()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(800).split(40):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("accuracy", (model(x).argmax(1) == y).float().mean().item())
