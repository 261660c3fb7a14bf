import torch
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler, TensorDataset

torch.manual_seed(423)
label = torch.arange(8).repeat_interleave(60)
X = torch.randn(8, 12)[label] + 0.8 * torch.randn(480, 12)
data = TensorDataset(X, label)
loader = DataLoader(data, batch_sampler=BatchSampler(SequentialSampler(data), 30, drop_last=False))
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(12):
    for x, y in loader:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("accuracy", (net(X).argmax(1) == label).float().mean().item())
