import torch
from torch import nn

torch.manual_seed(217)
X = torch.randn(1200, 20)
Y = (X[:, :5] + 0.3 * torch.randn(1200, 5)).argmax(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(20, 32), nn.Linear(32, 5)

    def forward(self, x):
        return torch.log_softmax(self.b(torch.tanh(self.a(x))), dim=0)


net = Net()
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
for epoch in range(8):
    for idx in torch.randperm(1200).split(48):
        loss = nn.functional.nll_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
