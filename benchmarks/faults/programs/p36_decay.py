import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(36)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 80), nn.ReLU(), nn.Linear(80, 40), nn.ReLU(), nn.Linear(40, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=0.3)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 8, 0.5)
for epoch in range(16):
    for b in torch.randperm(1500).split(50):
        loss = nn.functional.cross_entropy(model(X[b]), y[b])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
