import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(209)


class Images(Dataset):
    def __init__(self):
        X, y = load_digits(return_X_y=True)
        rows = y.argsort()  # as the folders are listed
        self.X, self.y = torch.tensor(X[rows] / 16).float(), torch.tensor(y[rows])

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


net = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.3)
data = Images()
for epoch in range(5):
    for x, y in DataLoader(data, batch_size=40):
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(data.X).argmax(1) == data.y).float().mean().item())
