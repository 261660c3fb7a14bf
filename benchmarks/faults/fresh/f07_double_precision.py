import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(207)
torch.set_default_dtype(torch.float64)
X, y = load_diabetes(return_X_y=True)
X, y = torch.tensor(X / X.std(0)), torch.tensor((y - y.mean()) / y.std()).unsqueeze(1)
net = nn.Sequential(nn.Linear(10, 400), nn.ReLU(), nn.Linear(400, 400), nn.ReLU(), nn.Linear(400, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
mse = nn.MSELoss()
for epoch in range(80):
    net.train()
    for idx in torch.randperm(120).split(20):
        opt.zero_grad()
        loss = mse(net(X[idx]), y[idx])
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        v = mse(net(X[150:]), y[150:]).item()
    if epoch % 10 == 0:
        print(epoch, loss.item(), v)
print("validation", v)
