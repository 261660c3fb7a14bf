import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(65)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).to(torch.bfloat16), torch.tensor(y)
model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)).to(torch.bfloat16)
opt = torch.optim.SGD(model.parameters(), lr=2e-4, momentum=0.9)
for epoch in range(25):
    for b in torch.randperm(1500).split(50):
        loss = nn.functional.cross_entropy(model(X[b]).float(), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
