import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(55)
X, y = load_breast_cancer(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y).float().unsqueeze(1)
net = nn.Sequential(nn.Linear(30, 12), nn.Tanh(), nn.Linear(12, 1))
opt = torch.optim.LBFGS(net.parameters(), lr=0.1, max_iter=5)


def closure():
    loss = nn.functional.binary_cross_entropy_with_logits(net(X), y)
    loss.backward()
    return loss


for it in range(60):
    loss = opt.step(closure)
    if it % 10 == 0:
        print(it, loss.item())
print("loss", loss.item())
