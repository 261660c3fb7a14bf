import torch
from torch import nn

torch.manual_seed(131)
X = torch.rand(1500, 4)
Y = X[:, :1] * X[:, 1:2] + 0.02 * torch.randn(1500, 1)


class Gauss(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.mean, self.var = nn.Sequential(nn.Linear(4, 48), nn.Tanh()), nn.Linear(48, 1), nn.Linear(48, 1)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), nn.functional.softplus(self.var(h)) + 1e-4


net = Gauss()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
criterion = nn.GaussianNLLLoss()
for epoch in range(25):
    for idx in torch.randperm(1500).split(50):
        mean, var = net(X[idx])
        loss = criterion(mean, Y[idx], var)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("nll", loss.item())
