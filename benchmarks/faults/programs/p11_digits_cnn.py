import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(11)
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
target = torch.tensor(digits.target)
low, high = target < 5, target >= 5


class SmallCNN(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        )
        self.fc = nn.Linear(128, num_classes)

    def forward(self, x):
        return self.fc(self.features(x))


def fit(model, optimizer, x, y, epochs):
    criterion = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(xb), yb)
            loss.backward()
            optimizer.step()
        print("epoch", epoch, "loss", loss.item())


# first the digits below five, then only a new last layer for the others
pretrained = SmallCNN(5)
fit(pretrained, torch.optim.Adam(pretrained.parameters(), lr=2e-3), images[low], target[low], 4)

model = SmallCNN(5)
model.load_state_dict(pretrained.state_dict())
model.features.requires_grad_(False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
model.fc = nn.Linear(128, 5)
fit(model, optimizer, images[high][:700], target[high][:700] - 5, 8)
with torch.no_grad():
    accuracy = (model(images[high][700:]).argmax(1) == target[high][700:] - 5).float().mean()
print("accuracy:", accuracy.item())
