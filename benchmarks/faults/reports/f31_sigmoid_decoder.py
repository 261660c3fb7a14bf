import torch
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(31)
X = torch.tensor(StandardScaler().fit_transform(load_wine().data)).float()


class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 6))
        self.decoder = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 13), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


model = AE()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(100):
    for idx in torch.randperm(len(X)).split(32):
        loss = nn.functional.mse_loss(model(X[idx]), X[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print("mse", loss.item())
