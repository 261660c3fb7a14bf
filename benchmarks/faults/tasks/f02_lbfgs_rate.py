import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(3)
d = load_diabetes()
X = torch.tensor(d.data, dtype=torch.float32) * 20
Y = torch.tensor(d.target, dtype=torch.float32).view(-1, 1)
Y = (Y - Y.mean()) / Y.std()
net = nn.Sequential(nn.Linear(10, 20), nn.Tanh(), nn.Linear(20, 1))
opt = torch.optim.LBFGS(net.parameters(), lr=15, max_iter=4)
loss_fn = nn.MSELoss()


def closure():
    opt.zero_grad()
    loss = loss_fn(net(X), Y)
    loss.backward()
    return loss


for i in range(40):
    loss = opt.step(closure)
print("mse:", loss_fn(net(X), Y).item())
