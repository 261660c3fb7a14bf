"""Sparse word counts: which of four topics is a document about?"""
import torch
from torch import nn

torch.manual_seed(52)
words, topics = 2000, 4
profile = torch.distributions.Dirichlet(torch.full((words,), 0.02)).sample((topics,))


def documents(n):
    topic = torch.randint(0, topics, (n,))
    mix = 0.4 * profile[topic] + 0.6 / words
    return torch.multinomial(mix, 25, replacement=True), topic


class Topics(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(words, 32, mode="mean")
        self.head = nn.Linear(32, topics)

    def forward(self, w):
        return self.head(self.bag(w))


model = Topics()
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(300):
    w, t = documents(64)
    loss = nn.functional.cross_entropy(model(w), t)
    opt.zero_grad()
    loss.backward()
    opt.step()
with torch.no_grad():
    w, t = documents(1000)
    print("accuracy:", (model(w).argmax(1) == t).float().mean().item())
