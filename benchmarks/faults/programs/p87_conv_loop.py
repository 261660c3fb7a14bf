import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from sklearn.datasets import load_digits

torch.manual_seed(87)
d = load_digits()
x, y = torch.tensor(d.images).float().unsqueeze(1) / 16, torch.tensor(d.target)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc1 = nn.Linear(64, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return F.log_softmax(self.fc2(x), dim=1)


def train(model, optimizer, epoch):
    for b in torch.randperm(1400).split(32):
        optimizer.zero_grad
        loss = F.nll_loss(model(x[b]), y[b])
        loss.backward()
        optimizer.step()
    print("Train Epoch: {} Loss: {:.6f}".format(epoch, loss.item()))


model = Net()
optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.5)
for epoch in range(1, 9):
    train(model, optimizer, epoch)
with torch.no_grad():
    print("accuracy:", (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item())
