import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(10)
bunch = load_breast_cancer()
features = torch.tensor(bunch.data, dtype=torch.float32)
features = (features - features.mean(0)) / features.std(0)
patients = torch.randperm(len(features))  # visits are stored in the order of time
features = features[patients]
labels = torch.tensor(bunch.target, dtype=torch.float32)
train, valid = slice(0, 450), slice(450, None)
net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(30):
    net.train()
    for idx in torch.randperm(450).split(32):
        loss = bce(net(features[train][idx]).squeeze(1), labels[train][idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        out = net(features[valid]).squeeze(1)
        val = bce(out, labels[valid])
        acc = ((out > 0) == labels[valid].bool()).float().mean()
print("val loss", val.item(), "val acc", acc.item())
