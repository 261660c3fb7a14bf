import torch, torch.nn as nn
from sklearn.datasets import load_wine
torch.set_num_threads(1); torch.manual_seed(16)
w = load_wine(); X = torch.tensor((w.data - w.data.mean(0)) / w.data.std(0)).float(); Y = torch.tensor(w.target)
p = torch.randperm(len(X)); X, Y = X[p], Y[p]
m = nn.Sequential(nn.Linear(13, 32), nn.LayerNorm(32), nn.GELU(), nn.Linear(32, 32), nn.GELU(), nn.Linear(32, 3))
opt = torch.optim.SGD(m.parameters(), lr=0.02)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=3, factor=0.3)
for e in range(8):
    for i in torch.randperm(130).split(4):
        if True:
            loss = nn.functional.cross_entropy(m(X[i]), Y[i])
        opt.zero_grad(); loss.backward(); opt.step()
    m.eval()
    with torch.no_grad(): v = nn.functional.cross_entropy(m(X[130:]), Y[130:])
    m.train(); plateau.step(v)
print("METRIC", (m(X[130:]).argmax(1) == Y[130:]).float().mean().item())
