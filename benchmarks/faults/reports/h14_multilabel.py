import torch
from sklearn.datasets import make_multilabel_classification
from torch import nn

torch.manual_seed(114)
X, Y = make_multilabel_classification(1500, 24, n_classes=6, random_state=4)
X = (X - X.mean(0)) / X.std(0)
X, Y = torch.tensor(X).float(), torch.tensor(Y).float()
net = nn.Sequential(nn.Linear(24, 64), nn.SiLU(), nn.Dropout(0.2), nn.Linear(64, 6))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(15):
    for idx in torch.randperm(1500).split(50):
        opt.zero_grad()
        loss_fn(net(X[idx]), Y[idx]).backward()
        opt.step()
net.eval()
print("hits", ((net(X) > 0).float() == Y).float().mean().item())
