import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(8)
np.random.seed(8)
t = np.arange(1200)
series = np.sin(t / 12) + 0.5 * np.sin(t / 5) + 0.05 * np.random.randn(1200)
series = (series - series.mean()) / series.std()
window = 24
X = np.stack([series[i : i + window] for i in range(len(series) - window)])
y = series[window:]
X = torch.tensor(X, dtype=torch.float32).unsqueeze(-1)
y = torch.tensor(y, dtype=torch.float32).unsqueeze(-1)


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 24, batch_first=True)
        self.fc = nn.Linear(24, 1)
        self.relu = nn.ReLU()

    def forward(self, x):
        o, _ = self.lstm(x)
        return self.relu(self.fc(o[:, -1]))


model = Forecast()
opt = torch.optim.Adam(model.parameters(), lr=0.005)
mse = nn.MSELoss()
for epoch in range(8):
    order = torch.randperm(1000)
    for i in range(0, 1000, 50):
        b = order[i : i + 50]
        loss = mse(model(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("test mse:", mse(model(X[1000:]), y[1000:]).item())
