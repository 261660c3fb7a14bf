import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn

torch.manual_seed(96)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
averaged = AveragedModel(net)
swa = SWALR(opt, swa_lr=0.03, anneal_epochs=2)
batches = lambda: (X[b] for b in torch.randperm(1400).split(50))
for epoch in range(14):
    for b in torch.randperm(1400).split(50):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[b]), y[b]).backward()
        opt.step()
    if epoch >= 8:
        averaged.update_parameters(net)
        swa.step()
update_bn(batches(), averaged)
averaged.eval()
with torch.no_grad():
    print("accuracy:", (averaged(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
