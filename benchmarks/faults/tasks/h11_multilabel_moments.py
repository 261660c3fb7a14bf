import torch
from sklearn.datasets import make_multilabel_classification
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(111)
X, Y = make_multilabel_classification(1500, 30, n_classes=6, random_state=4)
X, Y = torch.tensor(X, dtype=torch.float32).sqrt(), torch.tensor(Y, dtype=torch.float32)
loader = DataLoader(TensorDataset(X[:1200], Y[:1200]), 40, shuffle=True)
net = nn.Sequential(nn.LayerNorm(30), nn.Linear(30, 64), nn.GELU(), nn.Dropout(0.1), nn.Linear(64, 6))
opt = torch.optim.NAdam(net.parameters(), lr=2e-3)
loss_fn = nn.MultiLabelSoftMarginLoss()
for epoch in range(12):
    net.train()
    for x, y in loader:
        opt.zero_grad()
        loss_fn(net(x), y).backward()
        opt.step()
net.eval()
print("per label", ((net(X[1200:]) > 0).float() == Y[1200:]).float().mean().item())
