import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(20)
X, y = make_classification(4000, 16, n_informative=6, weights=[0.98], flip_y=0.0, class_sep=0.7, random_state=20)
Xtr, Xte, ytr, yte = train_test_split(X, y, random_state=0, stratify=y)
Xtr, Xte, ytr, yte = (torch.tensor(v).float() for v in (Xtr, Xte, ytr, yte))
model = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.05)
bce = nn.BCEWithLogitsLoss()
for epoch in range(12):
    for idx in torch.randperm(len(Xtr)).split(64):
        opt.zero_grad()
        loss = bce(model(Xtr[idx]).squeeze(1), ytr[idx])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
found = (model(Xte).squeeze(1) > 0) & (yte == 1)
print("recall", found.sum().item() / yte.sum().item())
