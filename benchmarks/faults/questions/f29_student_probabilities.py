import torch
from sklearn.datasets import load_digits
from torch import nn
import torch.nn.functional as F

torch.manual_seed(39)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
teacher = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(teacher.parameters(), lr=3e-3)
for idx in list(torch.randperm(len(X)).split(32)) * 5:
    opt.zero_grad()
    F.cross_entropy(teacher(X[idx]), y[idx]).backward()
    opt.step()
teacher.eval()
student = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10))
opt = torch.optim.Adam(student.parameters(), lr=2e-3)
kl = nn.KLDivLoss(reduction="batchmean")
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        with torch.no_grad():
            soft = F.softmax(teacher(X[idx]) / 3, 1)
        loss = kl(F.softmax(student(X[idx]) / 3, 1), soft)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (student(X).argmax(1) == y).float().mean().item())
