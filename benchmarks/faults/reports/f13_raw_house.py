import torch
from torch import nn

torch.manual_seed(13)
area = 40 + 160 * torch.rand(400, 1)
rooms = torch.randint(1, 7, (400, 1)).float()
price = 2.5 * area + 12 * rooms + 5 * torch.randn(400, 1)
X = torch.cat([area, rooms], dim=1)

model = nn.Linear(2, 1)
loss_fn = nn.MSELoss()
optim = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(200):
    pred = model(X)
    loss = loss_fn(pred, price)
    optim.zero_grad()
    loss.backward()
    optim.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
print("R2", 1 - loss.item() / price.var().item())
