import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(451)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)


class CenterLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.centers = nn.Parameter(3 * torch.randn(10, 8))

    def forward(self, h, y):
        return (h - self.centers[y]).pow(2).sum(1).mean()


net, head, center = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 8)), nn.Linear(8, 10), CenterLoss()
opt = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=2e-3)
opt_center = torch.optim.SGD(center.parameters(), lr=0.5)
for epoch in range(6):
    for idx in torch.randperm(len(X)).split(64):
        h = net(X[idx])
        loss = nn.functional.cross_entropy(head(h), y[idx]) + 0.01 * center(h, y[idx])
        opt.zero_grad()
        opt_center.zero_grad()
        loss.backward()
        opt.step()
        opt_center.step()
print("accuracy", (head(net(X)).argmax(1) == y).float().mean().item())
