import torch, torch.nn as nn, torch.nn.functional as F
from sklearn.datasets import load_digits
torch.set_num_threads(1); torch.manual_seed(31)
d = load_digits(); X = torch.tensor(d.data).float() / 16; Y = torch.tensor(d.target)
emb = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 16))
triplet = nn.TripletMarginLoss(margin=0.5)
opt = torch.optim.Adam(emb.parameters(), lr=1e-3)
by = [torch.where(Y == c)[0] for c in range(10)]
for step in range(300):
    c = torch.randint(0, 10, (32,)); n = (c + torch.randint(1, 10, (32,))) % 10
    pick = lambda cs: torch.stack([X[by[k][torch.randint(len(by[k]), (1,))]][0] for k in cs.tolist()])
    a, p, q = F.normalize(emb(pick(c))), F.normalize(emb(pick(c))), F.normalize(emb(pick(n)))
    loss = triplet(a, p, q)
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): e = F.normalize(emb(X)); print("METRIC", (Y[300:][(e[:300] @ e[300:].T).argmax(1)] == Y[:300]).float().mean().item())
