"""Multi-label tagging with a sigmoid per tag."""
import torch
from sklearn.datasets import make_multilabel_classification
from torch import nn

torch.manual_seed(125)
X, Y = make_multilabel_classification(1500, 30, n_classes=6, random_state=1)
X, Y = torch.tensor(X).float(), torch.tensor(Y).float()
X = (X - X.mean(0)) / X.std(0)
model = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 6))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
lf = nn.MultiLabelSoftMarginLoss()
for epoch in range(15):
    for b in torch.randperm(1500).split(50):
        loss = lf(model(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("acc", ((model(X) > 0) == Y.bool()).float().mean().item())
