import torch
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(6)
data, target = load_wine(return_X_y=True)
data = torch.tensor(StandardScaler().fit_transform(data), dtype=torch.float)
target = torch.tensor(target)
model = nn.Sequential(nn.Linear(13, 24), nn.Tanh(), nn.Linear(24, 3), nn.Softmax(dim=1))
loss_fn = nn.NLLLoss()
optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(120):
    order = torch.randperm(len(data))
    for part in order.split(32):
        optimiser.zero_grad()
        loss = loss_fn(model(data[part]), target[part])
        loss.backward()
        optimiser.step()
    if epoch % 20 == 0:
        print("negative loss?", loss.item())
