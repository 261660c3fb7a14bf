import torch
from sklearn.datasets import make_regression
from torch import nn

torch.manual_seed(29)
X, y = make_regression(160, 60, n_informative=10, noise=60, random_state=2)
X, y = torch.tensor(X).float(), torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
train_x, train_y, val_x, val_y = X[:60], y[:60], X[60:], y[60:]
net = nn.Sequential(nn.Linear(60, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
mse = nn.MSELoss()
for epoch in range(120):
    net.train()
    for idx in torch.randperm(60).split(20):
        opt.zero_grad()
        loss = mse(net(train_x[idx]), train_y[idx])
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        val = mse(net(val_x), val_y)
    if epoch % 10 == 0:
        print(f"{epoch}: train {loss.item():.4f} val {val.item():.4f}")
