"""Cross-validation: a fresh network a fold."""
import torch
import torch.nn as nn
from sklearn.datasets import load_wine
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

torch.manual_seed(31)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor(StandardScaler().fit_transform(X)).float(), torch.tensor(y)


def make():
    return nn.Sequential(nn.Linear(13, 16), nn.ReLU(), nn.Linear(16, 3))


net = make()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
loss_fn = nn.CrossEntropyLoss()
scores = []
for fold, (tr, te) in enumerate(KFold(3, shuffle=True, random_state=0).split(X)):
    net = make()
    for epoch in range(60):
        optimizer.zero_grad()
        loss = loss_fn(net(X[tr]), y[tr])
        loss.backward()
        optimizer.step()
    scores.append((net(X[te]).argmax(1) == torch.tensor(y[te])).float().mean().item())
    print(fold, scores[-1])
print("mean accuracy", sum(scores) / 3)
