import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(6)
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16
labels = torch.tensor(digits.target)
train_x, test_x, train_y, test_y = images[:1500], images[1500:], labels[:1500], labels[1500:]

cnn = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(128, 10),
)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(cnn.parameters(), lr=0.00001, momentum=0.9)
for epoch in range(6):
    perm = torch.randperm(1500)
    for i in range(0, 1500, 32):
        idx = perm[i : i + 32]
        optimizer.zero_grad()
        loss = criterion(cnn(train_x[idx]), train_y[idx])
        loss.backward()
        optimizer.step()
    print(f"Epoch {epoch + 1}: loss {loss.item():.3f}")
print("Test accuracy:", (cnn(test_x).argmax(1) == test_y).float().mean().item())
