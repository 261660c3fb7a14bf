import torch
from sklearn.datasets import load_wine
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(209)


class Wines(Dataset):
    def __init__(self):
        X, y = load_wine(return_X_y=True)  # sorted by class
        self.X, self.y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


net = nn.Sequential(nn.Linear(13, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.3)
for epoch in range(30):
    for x, y in DataLoader(Wines(), batch_size=16):
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
