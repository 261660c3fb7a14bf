import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(105)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float().view(-1, 1, 8, 8), torch.tensor(y)
train, val = TensorDataset(X[:1400], y[:1400]), TensorDataset(X[1400:], y[1400:])


class Trainer:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
        self.sched = torch.optim.lr_scheduler.ReduceLROnPlateau(self.opt, factor=0.3, patience=1)
        self.loss = nn.CrossEntropyLoss()

    def epoch(self):
        self.model.train()
        for x, t in DataLoader(train, 40, shuffle=True):
            self.opt.zero_grad()
            self.loss(self.model(x), t).backward()
            self.opt.step()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        x, t = val.tensors
        out = self.model(x)
        self.sched.step(self.loss(out, t))
        return (out.argmax(1) == t).float().mean().item()

    def fit(self, n):
        for _ in range(n):
            self.epoch()
            acc = self.validate()
        return acc


net = nn.Sequential(nn.Conv2d(1, 12, 3), nn.ReLU(), nn.Conv2d(12, 24, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(0.3), nn.Linear(24 * 16, 10))
print("accuracy:", Trainer(net).fit(12))
