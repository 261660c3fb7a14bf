import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.manual_seed(311)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
ema = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.95))
opt = torch.optim.SGD(net.parameters(), lr=0.2)
for epoch in range(8):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(net(X[idx]), y[idx]).backward()
        opt.step()
        ema.update_parameters(net)
print("accuracy", (ema(X).argmax(1) == y).float().mean().item())
