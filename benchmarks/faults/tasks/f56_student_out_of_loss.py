import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(57)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
teacher = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.Adam(teacher.parameters(), lr=3e-3)
for _ in range(6):
    for idx in torch.randperm(1400).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(teacher(X[idx]), y[idx]).backward()
        opt.step()

student = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
opt = torch.optim.Adam(student.parameters(), lr=3e-3)
T = 3.0
for epoch in range(10):
    for idx in torch.randperm(1400).split(64):
        out = student(X[idx])
        soft = nn.functional.softmax(teacher(X[idx]) / T, 1)
        log_q = nn.functional.log_softmax(teacher(X[idx]) / T, 1)
        loss = nn.functional.kl_div(log_q, soft, reduction="batchmean") * T * T
        opt.zero_grad()
        loss.backward()
        opt.step()
print("student", (student(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
