import torch
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(11)
X, y = load_diabetes(return_X_y=True)
X = StandardScaler().fit_transform(X)
y = (y - y.mean()) / y.std()
data = TensorDataset(torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
loader = DataLoader(data, batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(10, 48), nn.SiLU(), nn.Linear(48, 1))
opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, 1e-2, epochs=25, steps_per_epoch=len(loader))
huber = nn.SmoothL1Loss()
for epoch in range(25):
    for xb, yb in loader:
        opt.zero_grad()
        loss = huber(model(xb), yb)
        loss.backward()
        opt.step()
        sched.step()
with torch.no_grad():
    pred = model(data.tensors[0]).squeeze(1)
print("R2", 1 - ((pred - data.tensors[1]) ** 2).mean().item())
