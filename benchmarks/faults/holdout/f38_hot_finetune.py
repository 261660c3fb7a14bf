"""A language model that is fine-tuned with a learning rate that destroys it."""
import torch
from torch import nn

torch.manual_seed(38)
V = 24


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(V, 32)
        self.g = nn.GRU(32, 64, batch_first=True)
        self.o = nn.Linear(64, V)

    def forward(self, x):
        return self.o(self.g(self.e(x))[0])


def batch(shift):
    start = torch.randint(0, V, (32, 1))
    s = (start + shift * torch.arange(13)) % V
    return s[:, :-1], s[:, 1:]


def train(lm, shift, lr, steps):
    opt = torch.optim.SGD(lm.parameters(), lr=lr, momentum=0.9)
    for _ in range(steps):
        x, y = batch(shift)
        loss = nn.functional.cross_entropy(lm(x).flatten(0, 1), y.flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss.item()


lm = LM()
print("pretrained", train(lm, 1, 0.3, 200))
print("loss", train(lm, 5, 30.0, 200))
