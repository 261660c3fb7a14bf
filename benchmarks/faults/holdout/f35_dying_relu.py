import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(35)
x = torch.rand(1200, 5)
y = (3 * x[:, :1] - 2 * x[:, 1:2] ** 2).clone()
model = nn.Sequential(nn.Linear(5, 40), nn.ReLU(), nn.Linear(40, 40), nn.ReLU(), nn.Linear(40, 1))
with torch.no_grad():
    for layer in (model[0], model[2]):
        layer.bias.fill_(-3.0)
loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
for epoch in range(12):
    for a, b in loader:
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(a), b)
        loss.backward()
        opt.step()
    print(f"epoch {epoch} loss {loss.item():.4f}")
print("mse", nn.functional.mse_loss(model(x), y).item())
