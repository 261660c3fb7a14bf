import torch, torch.nn as nn, torch.nn.functional as F
from sklearn.datasets import load_digits
torch.set_num_threads(1); torch.manual_seed(4)
d = load_digits(); X = torch.tensor(d.data).float() / 16; Y = torch.tensor(d.target)
enc = nn.Sequential(nn.Linear(64, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Linear(96, 32))
proj = nn.Sequential(nn.ReLU(), nn.Linear(32, 16))
params = list(enc.parameters()) + list(proj.parameters())
opt = torch.optim.AdamW(params, lr=1e-3, weight_decay=1e-4)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=3e-3, total_steps=280)
def augment(x): return (x + 0.1 * torch.randn_like(x)) * (torch.rand_like(x) > 0.2)
def nt_xent(a, b, t=0.3):
    z = F.normalize(torch.cat([a, b]), dim=1)
    sim = z @ z.T / t
    sim.fill_diagonal_(-1e9)
    n = len(a)
    target = torch.cat([torch.arange(n) + n, torch.arange(n)])
    return F.cross_entropy(sim, target)
for ep in range(10):
    for idx in torch.randperm(len(X)).split(64):
        if len(idx) < 64: continue
        xb = X[idx]
        za, zb = proj(enc(augment(xb))), proj(enc(augment(xb)))
        loss = F.mse_loss(za, zb)
        opt.zero_grad(); loss.backward(); opt.step(); sched.step()
    print(ep, loss.item())
enc.eval()
with torch.no_grad():
    e = F.normalize(enc(X), dim=1)
    nn_idx = (e[:300] @ e[300:].T).argmax(1)
print("METRIC", (Y[300:][nn_idx] == Y[:300]).float().mean().item(), e.std(0).mean().item())
