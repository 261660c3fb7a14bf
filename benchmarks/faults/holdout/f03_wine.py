import torch
import torch.nn as nn
import torch.optim as optim
from sklearn.datasets import load_wine
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)
wine = load_wine()
ds = TensorDataset(torch.from_numpy(wine.data).float(), torch.from_numpy(wine.target))
loader = DataLoader(ds, batch_size=16, shuffle=True)
net = nn.Sequential(nn.Linear(13, 64), nn.ReLU(), nn.Linear(64, 3))
loss_function = nn.CrossEntropyLoss()
opt = optim.SGD(net.parameters(), lr=0.001)

for epoch in range(40):
    running = 0.0
    for inputs, labels in loader:
        opt.zero_grad()
        l = loss_function(net(inputs), labels)
        l.backward()
        opt.step()
        running += l.item()
    print("epoch", epoch, running / len(loader))
with torch.no_grad():
    acc = (net(ds.tensors[0]).argmax(1) == ds.tensors[1]).float().mean()
print("acc", acc.item())
