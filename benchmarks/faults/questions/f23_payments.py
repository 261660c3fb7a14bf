import torch
from sklearn.datasets import make_classification
from torch import nn

X, y = make_classification(6000, 15, n_informative=5, weights=[0.985], flip_y=0.01, class_sep=0.6, random_state=33)
torch.manual_seed(33)
X, y = torch.tensor(X).float(), torch.tensor(y).float()
net = nn.Sequential(nn.Linear(15, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-4)
for epoch in range(6):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X[idx]).squeeze(1), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
net.eval()
hit = (net(X).squeeze(1) > 0) & (y == 1)
print("recall", (hit.sum() / y.sum()).item())
