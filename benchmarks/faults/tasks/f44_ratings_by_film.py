import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(45)
films, people = 40, 200
quality = torch.randn(films) * 1.5
film = torch.arange(films).repeat_interleave(60)
person = torch.randint(0, people, (films * 60,))
taste = torch.randn(people, 3)
traits = torch.randn(films, 6)
traits[:, 0] = quality
score = quality[film] + 0.3 * (taste[person] * traits[film][:, 1:4]).sum(1)
x = torch.cat([taste[person], traits[film]], 1)
loader = DataLoader(TensorDataset(x, score), batch_size=20)
net = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(5):
    for xb, yb in loader:
        loss = nn.functional.mse_loss(net(xb).squeeze(1), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(nn.functional.mse_loss(net(x).squeeze(1), score).item())
