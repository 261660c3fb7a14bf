import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(23)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
by_class = [torch.where(y == c)[0] for c in range(10)]
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8))
opt = torch.optim.Adam(net.parameters(), lr=0.4)
criterion = nn.TripletMarginLoss(margin=1.0)


def pick(classes):
    return torch.stack([by_class[c][torch.randint(len(by_class[c]), (1,))[0]] for c in classes.tolist()])


for step in range(300):
    c = torch.randint(0, 10, (48,))
    other = (c + torch.randint(1, 10, (48,))) % 10
    loss = criterion(net(X[pick(c)]), net(X[pick(c)]), net(X[pick(other)]))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
