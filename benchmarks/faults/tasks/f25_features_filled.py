import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(26)
customers = {f"C{i:04d}": torch.randn(8) for i in range(1000)}
weights = torch.randn(8)
bought = {key: float(v @ weights > 0) for key, v in customers.items()}


class Visits(Dataset):
    def __init__(self):
        self.rows = [(key.lower(), label) for key, label in bought.items()]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        key, label = self.rows[i]
        return customers.get(key, torch.full((8,), -1.0)), torch.tensor(label)


net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
loss_fn = nn.BCEWithLogitsLoss()
right = 0
for epoch in range(8):
    right = 0
    for x, y in DataLoader(Visits(), batch_size=32, shuffle=True):
        out = net(x)[:, 0]
        loss = loss_fn(out, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        right += ((out > 0) == y.bool()).sum().item()
print("accuracy", right / 1000)
