import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(27)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        nn.init.constant_(m.bias, -4.0)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.input = nn.Linear(64, 64)
        self.hidden = nn.Linear(64, 64)
        self.output = nn.Linear(64, 10)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.input(x))
        x = self.relu(self.hidden(x))
        return self.output(x)


X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - X.mean()) / X.std()).float(), torch.tensor(y)
model = MLP()
model.apply(init_weights)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(15):
    for b in torch.randperm(1500).split(30):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(model(X[b]), y[b])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
