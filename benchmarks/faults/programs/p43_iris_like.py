import torch
import torch.nn.functional as F
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(43)
X, y = load_wine(return_X_y=True)
X, y = torch.tensor(StandardScaler().fit_transform(X)).float(), torch.tensor(y)
perm = torch.randperm(len(X))
tr, te = perm[:130], perm[130:]


class WineNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(13, 20)
        self.b = nn.Linear(20, 3)

    def forward(self, x):
        return F.log_softmax(self.b(F.relu(self.a(x))), dim=0)


net = WineNet()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(100):
    for b in tr[torch.randperm(len(tr))].split(26):
        opt.zero_grad()
        loss = F.nll_loss(net(X[b]), y[b])
        loss.backward()
        opt.step()
print("loss:", loss.item())
