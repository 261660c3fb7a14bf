import torch
import torch.nn as nn
from sklearn.datasets import make_blobs

torch.manual_seed(24)
X, y = make_blobs(400, centers=2, n_features=2, cluster_std=1.0, random_state=2)
X, y = torch.tensor(X).float() * 10, torch.tensor(y).float()


class LogReg(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)).squeeze(1)


model = LogReg()
opt = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(200):
    p = model(X)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 50 == 0:
        print(epoch, loss.item())
print("loss", loss.item())
