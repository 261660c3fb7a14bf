"""Train only a new classifier on top of a feature extractor."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(11)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16, dtype=torch.float32).view(-1, 1, 8, 8), torch.tensor(y)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.ReLU(), nn.Flatten(),
            nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(),
        )
        self.fc = nn.Linear(6, 100)

    def forward(self, x):
        return self.fc(self.features(x))


model = Backbone()
for p in model.parameters():
    p.requires_grad = False
model.fc = nn.Linear(6, 10)
opt = torch.optim.Adam(model.fc.parameters(), lr=1e-3)
ce = nn.CrossEntropyLoss()
for epoch in range(8):
    for i in range(0, 1400, 32):
        opt.zero_grad()
        loss = ce(model(X[i : i + 32]), y[i : i + 32])
        loss.backward()
        opt.step()
print("acc:", (model(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
