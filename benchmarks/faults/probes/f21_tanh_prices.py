import torch
from sklearn.datasets import make_regression
from torch import nn

X, y = make_regression(800, 8, noise=2, random_state=421)
torch.manual_seed(421)
X, Y = torch.tensor(X).float(), torch.tensor(y / 20).float().unsqueeze(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.f1, self.f2 = nn.Linear(8, 64), nn.Linear(64, 1)

    def forward(self, x):
        return torch.tanh(self.f2(torch.relu(self.f1(x))))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(10):
    for idx in torch.randperm(800).split(32):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("R2", 1 - (nn.functional.mse_loss(net(X), Y) / Y.var()).item())
