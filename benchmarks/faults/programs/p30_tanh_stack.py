import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(30)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - 8) / 8).float(), torch.tensor(y)


class Tower(nn.Module):
    def __init__(self, width=128, depth=4):
        super().__init__()
        sizes = [64] + [width] * depth
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.out = nn.Linear(width, 10)
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, mean=0.0, std=1.0)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.out(x)


model = Tower()
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(12):
    order = torch.randperm(1500)
    for k in range(0, 1500, 50):
        b = order[k:k + 50]
        loss = nn.CrossEntropyLoss()(model(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
with torch.no_grad():
    print("accuracy:", (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item())
