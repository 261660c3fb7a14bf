import torch
from sklearn.datasets import make_multilabel_classification
from torch import nn

torch.manual_seed(42)
X, Y = make_multilabel_classification(1200, 20, n_classes=5, n_labels=2, random_state=2)
X, Y = torch.tensor(X).float(), torch.tensor(Y).float()
X = (X - X.mean(0)) / X.std(0)
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 5), nn.Sigmoid())
lf = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(15):
    for b in torch.randperm(1200).split(40):
        opt.zero_grad()
        loss = lf(net(X[b]), Y[b])
        loss.backward()
        opt.step()
print("loss", loss.item())
