import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(16)
X, y = load_digits(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / (X.std(0) + 1), dtype=torch.float32)
y = torch.tensor(y)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.backbone(x))


model = Classifier()
for name, p in model.named_parameters():
    if "backbone" in name or "head.weight" in name:
        p.requires_grad_(False)
opt = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=5e-3)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        opt.zero_grad()
        nn.functional.cross_entropy(model(X[idx]), y[idx]).backward()
        opt.step()
print("acc", (model(X).argmax(1) == y).float().mean().item())
