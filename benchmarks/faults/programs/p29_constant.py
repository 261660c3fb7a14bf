import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(29)
X, y = load_digits(return_X_y=True)
ds = TensorDataset(torch.tensor(X / 16).float(), torch.tensor(y))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2, self.l3 = nn.Linear(64, 40), nn.Linear(40, 40), nn.Linear(40, 10)
        for layer in (self.l1, self.l2, self.l3):
            nn.init.constant_(layer.weight, 0.03)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.l3(torch.relu(self.l2(torch.relu(self.l1(x)))))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.005)
for epoch in range(10):
    hits = 0
    for xb, yb in DataLoader(ds, 64, shuffle=True):
        out = net(xb)
        loss = nn.functional.cross_entropy(out, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        hits += (out.argmax(1) == yb).sum().item()
    print("epoch", epoch, "train accuracy", hits / len(ds))
print("accuracy:", hits / len(ds))
