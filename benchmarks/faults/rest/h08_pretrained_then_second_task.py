import torch
from torch import nn

torch.manual_seed(558)
X = torch.randn(1200, 10)
first, second = X[:, :3].sum(1, keepdim=True), (X[:, 3:5].sum(1) > 0).long()
body = nn.Sequential(nn.Linear(10, 64), nn.ReLU())
for head, goal, loss_fn in ((nn.Linear(64, 1), first, nn.MSELoss()), (nn.Linear(64, 2), second, nn.CrossEntropyLoss())):
    opt = torch.optim.Adam([*body.parameters(), *head.parameters()], lr=3e-3)
    for epoch in range(8):
        for idx in torch.randperm(1200).split(60):
            loss = loss_fn(head(body(X[idx])), goal[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
print("loss", loss.item())
