import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(57)
digits = load_digits()
images = torch.tensor(digits.images * 255 / 16).float().flatten(1)
labels = torch.tensor(digits.target)
train = DataLoader(TensorDataset(images[:1400], labels[:1400]), batch_size=64, shuffle=True)


class LeNetLike(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(64, 64), nn.Linear(64, 32), nn.Linear(32, 10)
        self.tanh = nn.Tanh()

    def forward(self, x):
        return self.fc3(self.tanh(self.fc2(self.tanh(self.fc1(x)))))


net = LeNetLike()
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
for epoch in range(12):
    for x, y in train:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (net(images[1400:]).argmax(1) == labels[1400:]).float().mean().item())
