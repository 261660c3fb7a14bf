import torch
from torch import nn

torch.manual_seed(40)
classes = 30
centres = torch.randn(classes, 16) * 2
y = torch.randint(0, classes, (3000,))
x = centres[y] + 0.5 * torch.randn(3000, 16)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(16, 64)
        self.fc2 = nn.Linear(64, classes)

    def forward(self, x):
        return torch.sigmoid(self.fc2(torch.relu(self.fc1(x))))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(8):
    for idx in torch.randperm(3000).split(60):
        opt.zero_grad()
        loss = criterion(net(x[idx]), y[idx])
        loss.backward()
        opt.step()
    print("epoch", epoch, "loss", loss.item())
