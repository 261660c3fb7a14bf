import torch
from sklearn.datasets import load_digits
from torch import nn
import torch.nn.functional as F

torch.manual_seed(125)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
teacher = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(teacher.parameters(), lr=3e-3)
for idx in list(torch.randperm(len(X)).split(32)) * 4:
    opt.zero_grad()
    F.cross_entropy(teacher(X[idx]), y[idx]).backward()
    opt.step()
teacher.requires_grad_(False).eval()
student = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
T = 4.0
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(64):
        out = student(X[idx])
        soft = F.kl_div(F.log_softmax(out / T, 1), F.softmax(teacher(X[idx]) / T, 1), reduction="batchmean") * T * T
        loss = 0.7 * soft + 0.3 * F.cross_entropy(out, y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (student(X).argmax(1) == y).float().mean().item())
