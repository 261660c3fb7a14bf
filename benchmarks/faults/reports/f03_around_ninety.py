import numpy as np
import torch

rng = np.random.RandomState(1)
x_data = torch.tensor(92 + 6 * rng.randn(300, 1), dtype=torch.float32)
y_data = torch.tensor(np.sin(x_data.numpy() / 4) * 2, dtype=torch.float32)
torch.manual_seed(1)


class Model(torch.nn.Module):
    def __init__(self, inputs, h1, h2, outputs):
        super().__init__()
        self.linear = torch.nn.Linear(inputs, h1)
        self.linear2 = torch.nn.Linear(h1, h2)
        self.linear3 = torch.nn.Linear(h2, outputs)

    def forward(self, x):
        x = torch.sigmoid(self.linear(x))
        x = torch.sigmoid(self.linear2(x))
        return self.linear3(x)


model = Model(1, 20, 20, 1)
criterion = torch.nn.MSELoss(reduction="mean")
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for t in range(1500):
    pred = model(x_data)
    loss = criterion(pred, y_data)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if t % 100 == 0:
        print(t, loss.item())
print("R2", 1 - loss.item() / y_data.var().item())
