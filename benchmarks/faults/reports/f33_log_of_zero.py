import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(33)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X).float()
onehot = torch.eye(10)[torch.tensor(y)]
model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10), nn.Softmax(dim=-1))


def cross_entropy(p, t):
    return -(t * torch.log(p)).sum(1).mean()


opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(64):
        loss = cross_entropy(model(X[idx]), onehot[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
