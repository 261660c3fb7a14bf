import torch
from torch import nn

torch.manual_seed(407)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 40, batch_first=True)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=6.0)
        self.out = nn.Linear(40, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(300):
    x = torch.rand(32, 12, 2)
    y = x[..., 0].mean(1, keepdim=True) * 4 - 2
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
