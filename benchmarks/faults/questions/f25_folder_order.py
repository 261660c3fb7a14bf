import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(35)
X, y = load_digits(return_X_y=True)
folders = y.argsort(kind="stable")
data = TensorDataset(torch.tensor(X[folders] / 16).float().view(-1, 1, 8, 8), torch.tensor(y[folders]))
loader = DataLoader(data, batch_size=32)
net = nn.Sequential(
    nn.Conv2d(1, 10, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(160, 40), nn.ReLU(), nn.Linear(40, 10)
)
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.8)
for epoch in range(8):
    correct = 0
    for images, labels in loader:
        opt.zero_grad()
        out = net(images)
        loss = nn.functional.cross_entropy(out, labels)
        loss.backward()
        opt.step()
        correct += (out.argmax(1) == labels).sum().item()
    print("epoch", epoch, correct / len(data))
print("accuracy", (net(data.tensors[0]).argmax(1) == data.tensors[1]).float().mean().item())
