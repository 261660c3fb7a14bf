import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class Fit:
    def __init__(self, model):
        self.model, self.history = model, []

    def run(self, train, val, epochs, lr):
        opt = torch.optim.Adam(self.model.parameters(), lr=lr)
        for _ in range(epochs):
            self.model.train()
            for x, y in train:
                opt.zero_grad()
                loss = nn.functional.cross_entropy(self.model(x), y)
                loss.backward()
                opt.step()
            self.model.eval()
            with torch.inference_mode():
                self.history.append(sum(nn.functional.cross_entropy(self.model(x), y).item() for x, y in val) / len(val))


torch.manual_seed(301)
X, y = load_digits(return_X_y=True)
train, val = random_split(TensorDataset(torch.tensor(X / 16).float(), torch.tensor(y)), [1400, len(X) - 1400])
net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 10))
fit = Fit(net)
fit.run(DataLoader(train, 50, shuffle=True), DataLoader(val, 200), 8, 2e-3)
print("validation", fit.history[-1])
