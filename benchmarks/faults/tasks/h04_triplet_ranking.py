import torch
from torch import nn

torch.manual_seed(104)
classes = 8
centres = torch.randn(classes, 12)
net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 16))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.TripletMarginLoss(margin=0.5)


def draw(label):
    return centres[label] + 0.8 * torch.randn(len(label), 12)


for it in range(300):
    a = torch.randint(0, classes, (64,))
    n = (a + torch.randint(1, classes, (64,))) % classes
    loss = loss_fn(net(draw(a)), net(draw(a)), net(draw(n)))
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    a = torch.randint(0, classes, (500,))
    n = (a + torch.randint(1, classes, (500,))) % classes
    za, zp, zn = net(draw(a)), net(draw(a)), net(draw(n))
    print("ranked right", ((za - zp).norm(dim=1) < (za - zn).norm(dim=1)).float().mean().item())
