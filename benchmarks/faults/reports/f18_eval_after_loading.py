import io

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(18)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X).float(), torch.tensor(y)


def make():
    return nn.Sequential(
        nn.Linear(64, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Dropout(0.4),
        nn.Linear(96, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Dropout(0.4), nn.Linear(48, 10),
    )


checkpoint = io.BytesIO()
torch.save(make().state_dict(), checkpoint)
checkpoint.seek(0)

model = make()
model.load_state_dict(torch.load(checkpoint))
model.eval()

optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for idx in torch.randperm(1400).split(50):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
