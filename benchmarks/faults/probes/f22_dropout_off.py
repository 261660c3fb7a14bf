import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(422)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)


def score():
    net.eval()
    with torch.no_grad():
        return ((net(X[400:]) > 0) == y[400:]).float().mean().item()


for epoch in range(12):
    print(epoch, score())
    for idx in torch.randperm(400).split(32):
        opt.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(net(X[idx]), y[idx]).backward()
        opt.step()
