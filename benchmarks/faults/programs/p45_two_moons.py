import torch
from sklearn.datasets import make_moons
from torch import nn

torch.manual_seed(45)
X, y = make_moons(1200, noise=0.15, random_state=45)
X, y = torch.tensor(X).float(), torch.tensor(y).float().view(-1, 1)
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(30):
    for b in torch.randperm(1000).split(32):
        optimizer.zero_grad()
        loss = criterion(model(X[b]), y[b])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
with torch.no_grad():
    print("loss:", criterion(model(X[1000:]), y[1000:]).item())
