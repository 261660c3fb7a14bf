import torch
from torch import nn

torch.manual_seed(317)
groups = torch.arange(60) // 6
inside, outside = nn.Embedding(60, 16), nn.Embedding(60, 16)
opt = torch.optim.Adam([*inside.parameters(), *outside.parameters()], lr=1e-2)
for step in range(500):
    word = torch.randint(0, 60, (96,))
    near = groups[word] * 6 + torch.randint(0, 6, (96,))
    far = torch.randint(0, 60, (96, 4))
    plus = (inside(word) * outside(near)).sum(1)
    minus = (inside(word).unsqueeze(1) * outside(far)).sum(2)
    loss = -(nn.functional.logsigmoid(plus).mean() + nn.functional.logsigmoid(-minus).sum(1).mean())
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss", loss.item())
