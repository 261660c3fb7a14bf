import torch
from torch import nn

torch.manual_seed(78)
X = torch.randn(3000, 5)
rate = torch.exp(0.6 * X[:, 0] - 0.4 * X[:, 1] + 0.3 * X[:, 0] * X[:, 2] + 1)
y = torch.poisson(rate)


class Counts(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.net(x).squeeze(-1)


model = Counts()
loss_fn = nn.PoissonNLLLoss(log_input=True)
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(15):
    for b in torch.randperm(2500).split(50):
        opt.zero_grad()
        loss_fn(model(X[b]), y[b]).backward()
        opt.step()
with torch.no_grad():
    pred = model(X[2500:])
    print("correlation:", torch.corrcoef(torch.stack([pred, rate[2500:].log()]))[0, 1].item())
