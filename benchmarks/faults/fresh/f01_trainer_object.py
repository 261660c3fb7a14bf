import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Trainer:
    def __init__(self, model, train, val, lr):
        self.model, self.train_dl, self.val_dl = model, DataLoader(train, 64, shuffle=True), DataLoader(val, 256)
        self.optimizer = torch.optim.NAdam(model.parameters(), lr=lr)
        self.loss_fn = nn.NLLLoss()

    def step(self, batch):
        x, y = batch
        return self.loss_fn(self.model(x), y)

    def fit(self, epochs):
        for epoch in range(epochs):
            self.model.train()
            for batch in self.train_dl:
                loss = self.step(batch)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            self.evaluate(epoch)

    @torch.no_grad()
    def evaluate(self, epoch):
        self.model.eval()
        hits = sum((self.model(x).argmax(1) == y).sum().item() for x, y in self.val_dl)
        print(f"epoch {epoch} accuracy: {hits / len(self.val_dl.dataset)}")


torch.manual_seed(201)
X, y = load_digits(return_X_y=True)
data = TensorDataset(torch.tensor(X / 16).float(), torch.tensor(y))
train, val = random_split(data, [1500, len(data) - 1500])
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))  # no log softmax
Trainer(model, train, val, 1e-3).fit(6)
