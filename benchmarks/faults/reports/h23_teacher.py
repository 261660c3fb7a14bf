import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

torch.manual_seed(123)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
teacher = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
student = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.Adam(teacher.parameters(), lr=3e-3)
for idx in list(torch.randperm(len(X)).split(64)) * 8:
    opt.zero_grad()
    F.cross_entropy(teacher(X[idx]), y[idx]).backward()
    opt.step()
teacher.eval().requires_grad_(False)
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
for epoch in range(15):
    for idx in torch.randperm(len(X)).split(64):
        soft = F.softmax(teacher(X[idx]) / 3, dim=1)
        out = student(X[idx])
        loss = 9 * F.kl_div(F.log_softmax(out / 3, 1), soft, reduction="batchmean") + F.cross_entropy(out, y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (student(X).argmax(1) == y).float().mean().item())
