import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(26)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
perm = torch.randperm(len(X))
X, y = X[perm], y[perm]
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.4), nn.Linear(64, 10))
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.05)
for epoch in range(30):
    model.train()
    for b in torch.randperm(500).split(25):
        opt.zero_grad()
        loss_fn(model(X[b]), y[b]).backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        out = model(X[500:])
        print(epoch, loss_fn(out, y[500:]).item(), acc := (out.argmax(1) == y[500:]).float().mean().item())
print("accuracy:", acc)
