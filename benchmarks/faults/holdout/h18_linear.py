# linear regression from scratch, fits y = 2x + 1
import torch

torch.manual_seed(118)
x = torch.rand(200, 1) * 10
y = 2 * x + 1 + 0.5 * torch.randn(200, 1)
model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(500):
    pred = model(x)
    loss = torch.nn.functional.mse_loss(pred, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("w error", abs(model.weight.item() - 2))
