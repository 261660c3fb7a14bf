import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(28)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
with torch.no_grad():  # a fifth of the units starts far on the dark side, as after an unlucky phase
    model[0].bias[:55] = -3.0
    model[2].bias[:25] = -3.0
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.8)
for epoch in range(15):
    for b in torch.randperm(1500).split(50):
        loss = nn.functional.cross_entropy(model(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
