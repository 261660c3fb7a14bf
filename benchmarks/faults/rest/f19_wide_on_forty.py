import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(519)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor((X - X.mean(0)) / X.std(0)).float(), torch.tensor(y)
X = torch.cat([X + 1.5 * torch.randn_like(X), torch.randn(len(X), 200)], 1)
perm = torch.randperm(len(X))
train, test = perm[:40], perm[40:]
net = nn.Sequential(nn.Linear(213, 256), nn.ReLU(), nn.Linear(256, 3))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(100):
    net.train()
    out = loss_fn(net(X[train]), y[train])
    opt.zero_grad()
    out.backward()
    opt.step()
    net.eval()
    with torch.no_grad():
        test_loss = loss_fn(net(X[test]), y[test])
    if epoch % 20 == 0:
        print(epoch, out.item(), test_loss.item())
print("test", test_loss.item())
