import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(103)
X, y = load_wine(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float()
y = torch.tensor(y)
perm = torch.randperm(len(y))
tr, te = perm[:130], perm[130:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(13, 24), nn.Linear(24, 3)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.MSELoss()
for epoch in range(60):
    for b in tr.split(26):
        output = net(X[b])
        prediction = output.argmax(1).float()
        prediction.requires_grad_()
        loss = criterion(prediction, y[b].float())
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (net(X[te]).argmax(1) == y[te]).float().mean().item())
