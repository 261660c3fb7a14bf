import torch
from torch import nn

torch.manual_seed(312)
emb, net = nn.Embedding(300, 12), nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1))
truth = torch.randn(300)
opt_e, opt_n = torch.optim.SGD(emb.parameters(), lr=5.0), torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(700):
    i = torch.randint(0, 300, (128,))
    loss = nn.functional.mse_loss(net(emb(i)).squeeze(1), truth[i])
    opt_e.zero_grad()
    opt_n.zero_grad()
    loss.backward()
    opt_e.step()
    opt_n.step()
print("mse", loss.item())
