import torch
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(239)
X, y = load_diabetes(return_X_y=True)
dl = DataLoader(TensorDataset(torch.tensor(scale(X)).float(), torch.tensor(y).float().view(-1, 1)), 32, shuffle=True)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(50):
    for a, b in dl:
        loss = nn.functional.mse_loss(model(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", nn.functional.mse_loss(model(dl.dataset.tensors[0]), dl.dataset.tensors[1]).item())
