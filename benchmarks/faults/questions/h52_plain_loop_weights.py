import torch

torch.manual_seed(152)
X = torch.randn(500, 3)
Y = X @ torch.tensor([[1.0], [-2.0], [0.5]]) + 1
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(80):
    loss = ((model(X) - Y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
