import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(110)
groups = torch.arange(60) // 6
center = torch.randint(0, 60, (6000,))
context = groups[center] * 6 + torch.randint(0, 6, (6000,))


class SkipGram(nn.Module):
    def __init__(self, words, size):
        super().__init__()
        self.inside, self.outside = nn.Embedding(words, size), nn.Embedding(words, size)

    def forward(self, c, o, negative):
        v = self.inside(c)
        good = F.logsigmoid((v * self.outside(o)).sum(1))
        bad = F.logsigmoid(-(self.outside(negative) @ v.unsqueeze(2)).squeeze(2)).sum(1)
        return -(good + bad).mean()


model = SkipGram(60, 16)
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for idx in torch.randperm(6000).split(128):
        loss = model(center[idx], context[idx], torch.randint(0, 60, (len(idx), 5)))
        opt.zero_grad()
        loss.backward()
        opt.step()
scores = (model.inside.weight @ model.outside.weight.T).topk(6).indices
print("same group", (groups[scores] == groups[:, None]).float().mean().item())
