import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(129)
d = load_digits()
x, y = torch.tensor(d.data / 16).float(), torch.tensor(d.target)
by = [torch.where(y == c)[0] for c in range(10)]
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
lf = nn.TripletMarginLoss(margin=1.0)
for step in range(300):
    c = torch.randint(0, 10, (64,))
    o = (c + torch.randint(1, 10, (64,))) % 10
    pick = lambda k: torch.stack([by[i][torch.randint(0, len(by[i]), (1,))[0]] for i in k.tolist()])
    loss = lf(net(x[pick(c)]), net(x[pick(c)]), net(x[pick(o)]))
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
