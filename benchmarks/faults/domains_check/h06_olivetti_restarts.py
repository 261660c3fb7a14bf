import torch, torch.nn as nn
from sklearn.datasets import make_blobs
torch.set_num_threads(1); torch.manual_seed(35)
X, y = make_blobs(600, 20, centers=6, cluster_std=6.0, random_state=3)
X = torch.tensor((X - X.mean(0)) / X.std(0)).float(); y = torch.tensor(y)
net = nn.Sequential(nn.Linear(20, 64), nn.Sigmoid(), nn.Linear(64, 6))
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
sched = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 5)
for ep in range(15):
    for i in torch.randperm(480).split(16):
        out = net(X[i])
        loss = nn.functional.nll_loss(torch.log_softmax(out, 1), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
    sched.step()
print("METRIC", (net(X[480:]).argmax(1) == y[480:]).float().mean().item())
