import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(59)
X, y = load_digits(return_X_y=True)
tr = TensorDataset(torch.tensor(X[:1400] / 16).float().view(-1, 1, 8, 8), torch.tensor(y[:1400]))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(16 * 9, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv(x))).flatten(1)
        return torch.softmax(self.fc(x), dim=1)


net = CNN()
criterion = nn.NLLLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for epoch in range(10):
    total = 0.0
    for x, y_ in DataLoader(tr, batch_size=50, shuffle=True):
        opt.zero_grad()
        loss = criterion(net(x), y_)
        loss.backward()
        opt.step()
        total += loss.item()
    print("epoch", epoch, "loss", total / 28)
with torch.no_grad():
    out = net(torch.tensor(X[1400:] / 16).float().view(-1, 1, 8, 8))
    print("accuracy:", (out.argmax(1) == torch.tensor(y[1400:])).float().mean().item())
