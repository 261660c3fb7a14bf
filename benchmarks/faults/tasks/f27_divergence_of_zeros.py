import torch
from torch import nn

torch.manual_seed(28)
x = torch.randn(600, 5)
teacher = torch.softmax(x @ torch.randn(5, 6) * 6, dim=1)
teacher = torch.where(teacher < 1e-3, torch.zeros(()), teacher)
teacher = teacher / teacher.sum(1, keepdim=True)
student = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 6), nn.Softmax(dim=1))
opt = torch.optim.Adam(student.parameters(), lr=1e-2)
for epoch in range(10):
    for idx in torch.randperm(600).split(30):
        p, q = teacher[idx], student(x[idx])
        loss = (p * (p / q).log()).sum(1).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
