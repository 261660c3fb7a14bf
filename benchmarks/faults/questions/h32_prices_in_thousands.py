import torch
from sklearn.datasets import make_regression
from sklearn.preprocessing import StandardScaler
from torch import nn

X, y = make_regression(1200, 10, noise=20, random_state=132)
torch.manual_seed(132)
scaler = StandardScaler()
X = torch.tensor(StandardScaler().fit_transform(X)).float()
Y = torch.tensor(scaler.fit_transform(250_000 + 900 * y.reshape(-1, 1))).float()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(12):
    for idx in torch.randperm(1200).split(40):
        loss = nn.functional.mse_loss(net(X[idx]), Y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, "rmse in dollars", loss.item() ** 0.5 * scaler.scale_[0])
print("R2", 1 - loss.item())
