"""Read a digit: the network says its value."""
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(44)
d = load_digits()
x, y = torch.tensor(d.data / 16).float(), torch.tensor(d.target)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return self.net(x)


model = Model()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
for epoch in range(25):
    for b in torch.randperm(1500).split(50):
        out = model(x[b])
        loss = criterion(out, y[b].float().unsqueeze(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    out = model(x[1500:])
    guess = out.argmax(1) if out.shape[1] > 1 else out.round().squeeze(1)
    print("accuracy:", (guess == y[1500:]).float().mean().item())
