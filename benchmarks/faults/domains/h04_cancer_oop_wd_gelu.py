import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

torch.set_num_threads(1)

class Classifier(nn.Module):
    def __init__(self, n_in, width=32):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, width), nn.GELU(), nn.Linear(width, width), nn.GELU())
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.body(x)).squeeze(-1)

class Trainer:
    def __init__(self, model, lr=1e-3, epochs=10):
        self.model = model
        self.epochs = epochs
        self.loss_fn = nn.BCEWithLogitsLoss()
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.1)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, epochs)

    def fit(self, loader, valid):
        for epoch in range(self.epochs):
            self.model.train()
            total = 0.0
            for xb, yb in loader:
                self.optimizer.zero_grad()
                loss = self.loss_fn(self.model(xb), yb)
                loss.backward()
                self.optimizer.step()
                total += loss.item()
            self.scheduler.step()
            self.model.eval()
            with torch.no_grad():
                xv, yv = valid
                out = self.model(xv)
                vl = self.loss_fn(out, yv).item()
                acc = ((out > 0) == (yv > 0.5)).float().mean().item()
            print(f"epoch {epoch} train {total / len(loader):.4f} val {vl:.4f} acc {acc:.3f}")
        print("METRIC", acc)

def main():
    torch.manual_seed(11)
    X, y = load_breast_cancer(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(X))
    X, y = X[order], y[order]
    X = StandardScaler().fit_transform(X)
    X = torch.from_numpy(X).float(); y = torch.from_numpy(y).float()
    train = TensorDataset(X[:450], y[:450])
    loader = DataLoader(train, batch_size=16, shuffle=True)
    Trainer(Classifier(X.shape[1])).fit(loader, (X[450:], y[450:]))

if __name__ == "__main__":
    main()
