import torch
from torch import nn

torch.manual_seed(59)
X = torch.randn(2000, 5)
y = X[:, 0] * X[:, 1] + 0.3 * X[:, 2] + 0.05 * torch.randn(2000)
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(20):
    total = 0
    for idx in torch.randperm(2000).split(50):
        loss = nn.functional.mse_loss(model(X[idx]).squeeze(1), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * 50
    print(epoch, total / 2000)
