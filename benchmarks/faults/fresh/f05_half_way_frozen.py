import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(205)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
net = nn.ModuleDict({"stem": nn.Linear(64, 48), "mid": nn.Linear(48, 48), "head": nn.Linear(48, 10)})


def forward(x):
    return net["head"](torch.relu(net["mid"](torch.relu(net["stem"](x)))))


opt = torch.optim.Adam([{"params": net["mid"].parameters()}, {"params": net["head"].parameters()}], lr=1e-3)
for epoch in range(6):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(forward(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("loss", loss.item())
