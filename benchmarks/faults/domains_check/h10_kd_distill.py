import torch, torch.nn as nn, torch.nn.functional as F
from sklearn.datasets import load_wine
torch.set_num_threads(1); torch.manual_seed(38)
w = load_wine(); X = torch.tensor((w.data - w.data.mean(0)) / w.data.std(0)).float(); y = torch.tensor(w.target)
teacher = nn.Sequential(nn.Linear(13, 48), nn.ReLU(), nn.Linear(48, 3))
o = torch.optim.Adam(teacher.parameters(), 5e-3)
for _ in range(60): l = F.cross_entropy(teacher(X), y); o.zero_grad(); l.backward(); o.step()
teacher.eval()
student = nn.Sequential(nn.Linear(13, 8), nn.ReLU(), nn.Linear(8, 3))
opt = torch.optim.Adam(student.parameters(), 5e-3)
for step in range(200):
    i = torch.randint(0, len(X), (24,))
    with torch.no_grad(): t = teacher(X[i])
    s = student(X[i])
    loss = F.kl_div(F.log_softmax(s / 2, 1), F.softmax(t / 2, 1), reduction="batchmean") * 4 + F.cross_entropy(s, y[i])
    opt.zero_grad(); loss.backward(); opt.step()
print("METRIC", (student(X).argmax(1) == y).float().mean().item())
