import torch
from torch import nn

torch.manual_seed(29)
T = 80
values = torch.rand(1000, T, 1)
marks = torch.zeros(1000, T, 1)
for i in range(1000):
    a, b = torch.randperm(T)[:2]
    marks[i, a] = marks[i, b] = 1
X = torch.cat([values, marks], 2)
Y = (values * marks).sum(1)


class Adder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 32, nonlinearity="relu", batch_first=True)
        self.out = nn.Linear(32, 1)
        with torch.no_grad():
            self.rnn.weight_hh_l0.copy_(1.4 * torch.eye(32))

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


model = Adder()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.mse_loss(model(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
