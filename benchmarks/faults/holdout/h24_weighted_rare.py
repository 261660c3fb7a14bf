import torch
from sklearn.datasets import make_classification
from torch import nn

torch.manual_seed(124)
X, y = make_classification(4000, 15, n_informative=6, weights=[0.95], class_sep=1.5, random_state=5)
X, y = torch.tensor(X).float(), torch.tensor(y).float()
model = nn.Sequential(nn.Linear(15, 32), nn.ReLU(), nn.Linear(32, 1))
lf = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(19.0))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(10):
    for b in torch.randperm(4000).split(64):
        loss = lf(model(X[b]).squeeze(1), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
hit = (model(X).squeeze(1) > 0)[y == 1].float().mean()
print("recall", hit.item())
