from dataclasses import dataclass

import torch
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


@dataclass
class Config:
    lr: float = 3e-3
    epochs: int = 12
    batch: int = 24
    seed: int = 232


class Trainer:
    def __init__(self, model, train, val, config):
        self.model, self.config = model, config
        self.train_loader = DataLoader(train, config.batch, shuffle=True)
        self.val_loader = DataLoader(val, 128)
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, config.epochs)
        self.loss = nn.BCEWithLogitsLoss()

    def run_epoch(self, loader, train):
        self.model.train(train)
        losses = []
        with torch.set_grad_enabled(train):
            for x, y in loader:
                loss = self.loss(self.model(x).flatten(), y)
                if train:
                    self.optimizer.zero_grad(set_to_none=True)
                    loss.backward()
                    self.optimizer.step()
                losses.append(loss.item())
        return sum(losses) / len(losses)

    def fit(self):
        for epoch in range(self.config.epochs):
            tr, va = self.run_epoch(self.train_loader, True), self.run_epoch(self.val_loader, False)
            self.scheduler.step()
            print(f"{epoch:3d} {tr:.3f} {va:.3f}")
        return va


config = Config()
torch.manual_seed(config.seed)
X, y = load_breast_cancer(return_X_y=True)
data = TensorDataset(torch.tensor(StandardScaler().fit_transform(X)).float(), torch.tensor(y).float())
train, val = random_split(data, [450, len(data) - 450])
model = nn.Sequential(nn.Linear(30, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 1))
print("val loss", Trainer(model, train, val, config).fit())
