import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

torch.manual_seed(26)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor(scale(X)).float(), torch.tensor(y)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(13, 32)
        self.fc2 = nn.Linear(32, 3)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
for epoch in range(100):
    for i in range(0, len(X), 32):
        idx = torch.randperm(len(X))[:32]
        optimizer.zero_grad()
        loss = F.nll_loss(net(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
print("loss", -loss.item())
