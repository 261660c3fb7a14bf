import torch
import torch.nn as nn
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(32)
X, y = load_diabetes(return_X_y=True)
X, y = torch.tensor(scale(X)).float(), torch.tensor(y / 100).float()
loader = DataLoader(TensorDataset(X, y), 32, shuffle=True)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(10, 24)
        self.out = nn.Linear(24, 1)

    def forward(self, x):
        return torch.sigmoid(self.out(torch.relu(self.hidden(x)))).squeeze(-1)


model = Regressor()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(25):
    for xb, yb in loader:
        opt.zero_grad()
        loss = nn.functional.l1_loss(model(xb), yb)
        loss.backward()
        opt.step()
print("mae:", loss.item())
