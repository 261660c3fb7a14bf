import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(124)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
by_class = [torch.where(y == c)[0] for c in range(10)]
enc = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(enc.parameters(), lr=1e-3)
for episode in range(300):
    ways = torch.randperm(10)[:5]
    picks = torch.stack([by_class[w][torch.randperm(len(by_class[w]))[:8]] for w in ways.tolist()])
    support, query = picks[:, :3], picks[:, 3:]
    protos = enc(X[support]).mean(1)
    d = torch.cdist(enc(X[query].view(-1, 64)), protos) ** 2
    loss = nn.functional.cross_entropy(-d, torch.arange(5).repeat_interleave(5))
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
