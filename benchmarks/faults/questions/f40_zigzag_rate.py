import torch
from sklearn.datasets import load_diabetes
from torch import nn

torch.manual_seed(50)
X, y = load_diabetes(return_X_y=True)
X = torch.tensor(X / X.std(0)).float()
y = torch.tensor((y - y.mean()) / y.std()).float().unsqueeze(1)
net = nn.Linear(10, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.48)
for epoch in range(300):
    loss = nn.functional.mse_loss(net(X), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 30 == 0:
        print(epoch, loss.item())
print("loss", loss.item())
