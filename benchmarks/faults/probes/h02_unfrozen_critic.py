import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(452)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
judge = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.Adam(judge.parameters(), lr=3e-3)
for idx in list(torch.randperm(len(X)).split(32)) * 4:
    opt.zero_grad()
    nn.functional.cross_entropy(judge(X[idx]), y[idx]).backward()
    opt.step()
make = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())
opt = torch.optim.Adam(make.parameters(), lr=2e-3)
eye = torch.eye(10)
for step in range(250):  # images that the judge takes for a given digit
    c = torch.randint(0, 10, (64,))
    loss = nn.functional.cross_entropy(judge(make(eye[c])), c)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
