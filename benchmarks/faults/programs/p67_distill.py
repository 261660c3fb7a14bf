import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(67)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)


def mlp(width):
    return nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10))


teacher, student = mlp(200), mlp(24)
opt = torch.optim.Adam(teacher.parameters(), lr=2e-3)
for epoch in range(8):
    for b in torch.randperm(1400).split(50):
        opt.zero_grad()
        F.cross_entropy(teacher(X[b]), y[b]).backward()
        opt.step()
teacher.eval()
opt = torch.optim.Adam(student.parameters(), lr=4e-3)
T = 3.0
for epoch in range(20):
    for b in torch.randperm(1400).split(50):
        with torch.no_grad():
            soft = F.log_softmax(teacher(X[b]) / T, dim=1)
        out = student(X[b])
        loss = T * T * F.kl_div(F.log_softmax(out / T, dim=1), soft, reduction="batchmean", log_target=True) + 0.5 * F.cross_entropy(out, y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (student(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
