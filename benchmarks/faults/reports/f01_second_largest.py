import torch
import torch.nn as nn

torch.manual_seed(3)
x = torch.rand(2000, 5)
y = x.sort(dim=1).values[:, -2]
model = nn.Sequential(nn.Linear(5, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(40):
    for i in range(0, 2000, 50):
        output = model(x[i : i + 50])
        loss = criterion(output, y[i : i + 50])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("R2", 1 - ((model(x).flatten() - y) ** 2).mean().item() / y.var().item())
