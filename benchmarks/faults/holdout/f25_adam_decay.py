import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(25)
d = load_digits()
dl = DataLoader(TensorDataset(torch.tensor(d.data / 16).float(), torch.tensor(d.target)), 32, shuffle=True)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1.0)
ce = nn.CrossEntropyLoss()
for epoch in range(10):
    for x, y in dl:
        opt.zero_grad()
        loss = ce(model(x), y)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("loss", loss.item())
