import torch
import torch.nn as nn
from sklearn import datasets, preprocessing, model_selection
torch.set_num_threads(1)
torch.manual_seed(0)
data = datasets.load_diabetes()
X = preprocessing.scale(data.data); Y = data.target
Y = (Y - Y.mean()) / Y.std()
xtr, xva, ytr, yva = model_selection.train_test_split(X, Y, test_size=0.2, random_state=1)
xtr, xva = torch.FloatTensor(xtr), torch.FloatTensor(xva)
ytr, yva = torch.FloatTensor(ytr).unsqueeze(1), torch.FloatTensor(yva).unsqueeze(1)
model = nn.Sequential(nn.Linear(10, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
loss_fn = nn.SmoothL1Loss()
dl = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(xtr, ytr), batch_size=32, shuffle=True)
for ep in range(20):
    model.train()
    for xb, yb in dl:
        pred = model(xb)
        loss = loss_fn(pred, yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        va = loss_fn(model(xva), yva).item()
        r2 = 1 - ((model(xva) - yva.view(-1, 1)) ** 2).mean().item() / yva.var().item()
print("METRIC", r2)
