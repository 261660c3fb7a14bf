import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(115)
d = load_digits()
x, y = torch.tensor(d.images / 16).float().unsqueeze(1), torch.tensor(d.target)
dl = DataLoader(TensorDataset(x[:1400], y[:1400]), 32, shuffle=True)
model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
crit = nn.CrossEntropyLoss(label_smoothing=0.1)
for epoch in range(6):
    for a, b in dl:
        loss = crit(model(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("acc", (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item())
