import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(6)
X, y = load_breast_cancer(return_X_y=True)
a, b, ya, yb = train_test_split(X, y, test_size=0.3, random_state=6)
scaler = StandardScaler().fit(a)
a, b = (torch.as_tensor(scaler.transform(v), dtype=torch.float32) for v in (a, b))
ya, yb = (torch.as_tensor(v, dtype=torch.float32) for v in (ya, yb))
net = nn.Sequential(nn.Linear(30, 24), nn.ReLU(), nn.Linear(24, 1))
pos_weight = (ya == 0).sum() / (ya == 1).sum()
criterion = nn.BCEWithLogitsLoss(pos_weight=pos_weight)
opt = torch.optim.RMSprop(net.parameters(), lr=5e-4, weight_decay=1e-3)
for epoch in range(50):
    for i in torch.randperm(len(a)).split(20):
        opt.zero_grad()
        criterion(net(a[i]).squeeze(-1), ya[i]).backward()
        opt.step()
with torch.inference_mode():
    print("accuracy:", ((net(b).squeeze(-1) > 0).float() == yb).float().mean().item())
