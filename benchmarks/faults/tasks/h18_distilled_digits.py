import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(118)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
teacher = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(teacher.parameters(), lr=3e-3)
for _ in range(8):
    for idx in torch.randperm(1400).split(64):
        opt.zero_grad()
        F.cross_entropy(teacher(X[idx]), y[idx]).backward()
        opt.step()
teacher.eval().requires_grad_(False)
student = nn.Sequential(nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10))
opt, T = torch.optim.Adam(student.parameters(), lr=5e-3), 3.0
for _ in range(12):
    for idx in torch.randperm(1400).split(64):
        out = student(X[idx])
        soft = F.kl_div(F.log_softmax(out / T, 1), F.softmax(teacher(X[idx]) / T, 1), reduction="batchmean") * T * T
        loss = 0.7 * soft + 0.3 * F.cross_entropy(out, y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("student", (student(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
