import torch
import torch.nn as nn
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(102)
X, y = load_wine(return_X_y=True)
Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
s = StandardScaler().fit(Xtr)
tr = DataLoader(TensorDataset(torch.tensor(s.transform(Xtr)).float(), torch.tensor(ytr)), 16, shuffle=True)
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=0.005)
for epoch in range(30):
    net.train()
    for x, t in tr:
        opt.zero_grad()
        nn.functional.cross_entropy(net(x), t).backward()
        opt.step()
net.eval()
print("acc", (net(torch.tensor(s.transform(Xte)).float()).argmax(1) == torch.tensor(yte)).float().mean().item())
