import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import make_classification

torch.manual_seed(5)
X, y = make_classification(1500, 20, n_informative=8, weights=[0.75], random_state=5)
X, y = torch.tensor(X).float(), torch.tensor(y).float()


class ChurnNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(20, 32)
        self.fc2 = nn.Linear(32, 16)
        self.fc3 = nn.Linear(16, 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return torch.sigmoid(self.fc3(x)).squeeze(1)


model = ChurnNet()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
pos = torch.tensor(3.0)
for epoch in range(15):
    for idx in torch.randperm(1500).split(64):
        loss = F.binary_cross_entropy_with_logits(model(X[idx]), y[idx], pos_weight=pos)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, float(loss))
