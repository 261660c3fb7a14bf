import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(102)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y).float().unsqueeze(1)
net = nn.Linear(30, 1)
opt = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=10)


def closure():
    opt.zero_grad()
    loss = nn.functional.binary_cross_entropy_with_logits(net(X), y) + 1e-3 * net.weight.pow(2).sum()
    loss.backward()
    return loss


for it in range(15):
    print(it, opt.step(closure).item())
print("accuracy", ((net(X) > 0) == y).float().mean().item())
