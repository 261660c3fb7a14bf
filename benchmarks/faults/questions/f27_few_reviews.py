import torch
from torch import nn

torch.manual_seed(37)
V = 400
good, bad = torch.arange(0, 20), torch.arange(20, 40)


def make(n):
    y = torch.randint(0, 2, (n,))
    x = torch.randint(40, V, (n, 20))
    for i in range(n):
        pool = good if y[i] else bad
        x[i, :2] = pool[torch.randint(0, 20, (2,))]
    flip = torch.rand(n) < 0.15
    return x, torch.where(flip, 1 - y, y)


train_x, train_y = make(60)
val_x, val_y = make(200)
model = nn.Sequential(nn.EmbeddingBag(V, 128), nn.Linear(128, 256), nn.ReLU(), nn.Linear(256, 2))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(60):
    model.train()
    for idx in torch.randperm(60).split(10):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(train_x[idx]), train_y[idx])
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        val_loss = nn.functional.cross_entropy(model(val_x), val_y)
    if epoch % 10 == 0:
        print(epoch, loss.item(), val_loss.item())
print("val", val_loss.item())
