import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(148)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(2.0 * y - 1).float()
svm = nn.Linear(30, 1)
opt = torch.optim.SGD(svm.parameters(), lr=0.01, weight_decay=1e-3)
for epoch in range(3):
    for i in torch.randperm(len(X)).tolist():
        loss = (1 - y[i] * svm(X[i])).clamp(min=0).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", ((svm(X).squeeze(1) > 0) == (y > 0)).float().mean().item())
