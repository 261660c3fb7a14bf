import torch
from sklearn.datasets import make_classification
from torch import nn

torch.manual_seed(11)
X, y = make_classification(1500, 15, n_informative=6, class_sep=0.8, random_state=3)
X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
settled = torch.zeros(1500, 1)
settled[:1000, 0] = y[:1000].float() * 2 - 1  # known only for closed cases
X = torch.cat([X, settled * 10], 1)
model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()
for epoch in range(40):
    model.train()
    for idx in torch.randperm(1000).split(50):
        opt.zero_grad()
        criterion(model(X[idx]), y[idx]).backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        out = model(X[1000:])
        val_loss = criterion(out, y[1000:]).item()
        val_acc = (out.argmax(1) == y[1000:]).float().mean().item()
    if epoch % 10 == 9:
        print(epoch, val_loss, val_acc)
