import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn, optim

torch.manual_seed(1)
data = load_digits()
x = torch.tensor(data.data, dtype=torch.float32) / 16
y = torch.tensor(data.target)
order = torch.randperm(len(x))
x, y = x[order], y[order]
x_train, y_train, x_val, y_val = x[:1400], y[:1400], x[1400:], y[1400:]

model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
opt = optim.Adam(model.parameters(), lr=1e-3)


def train_epoch():
    model.train()
    for batch in torch.randperm(len(x_train)).split(32):
        opt.zero_grad()
        loss = F.cross_entropy(model(x_train[batch]), y_train[batch])
        loss.backward()
        opt.step()


@torch.no_grad()
def evaluate():
    model.eval()
    out = model(x_val)
    return F.cross_entropy(out, y_val).item(), (out.argmax(1) == y_val).float().mean().item()


for epoch in range(20):
    train_epoch()
    val_loss, val_acc = evaluate()
    print(epoch, val_loss, val_acc)
print("accuracy:", val_acc)
