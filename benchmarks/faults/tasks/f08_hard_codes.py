import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(8)
x = torch.tensor(load_digits().data, dtype=torch.float32) / 16


class Discrete(nn.Module):
    def __init__(self, codes=16):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4 * codes))
        self.code = nn.Embedding(codes, 8)
        self.decoder = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64))

    def forward(self, x):
        scores = self.encoder(x).view(len(x), 4, -1)
        return self.decoder(self.code(scores.argmax(-1)).flatten(1))


model = Discrete()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(12):
    for idx in torch.randperm(len(x)).split(64):
        loss = nn.functional.mse_loss(model(x[idx]), x[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
