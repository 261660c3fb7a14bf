import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(33)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)


def soft_labels(y, classes=10):
    return nn.functional.one_hot(y, classes).float()


def kl_loss(logits, target):
    p = torch.softmax(logits, dim=1)
    return (target * (torch.log(target) - torch.log(p))).sum(1).mean()


model = nn.Sequential(nn.Linear(64, 64), nn.ELU(), nn.Linear(64, 10))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(10):
    for b in torch.randperm(1500).split(50):
        loss = kl_loss(model(X[b]), soft_labels(y[b]))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
print("loss:", loss.item())
