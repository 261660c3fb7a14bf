import torch
import torch.nn as nn
from sklearn.datasets import load_digits

torch.manual_seed(0)
X, Y = load_digits(return_X_y=True)
X, Y = torch.tensor(X / 16, dtype=torch.float32), torch.tensor(Y)


class Classifier(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.hidden = nn.Linear(64, hidden)
        self.out = nn.Linear(hidden, 10)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


net = Classifier()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
loss_fn = nn.CrossEntropyLoss()

net = Classifier()
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(64):
        optimizer.zero_grad()
        loss = loss_fn(net(X[idx]), Y[idx])
        loss.backward()
        optimizer.step()
print("accuracy", (net(X).argmax(1) == Y).float().mean().item())
