"""Classify invented names by their language with an LSTM."""
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(5)
torch.manual_seed(5)
endings = {"it": ["ini", "etti", "ario"], "ru": ["ov", "sky", "enko"], "jp": ["moto", "yama", "shi"]}
langs = list(endings)
letters = "abcdefghijklmnopqrstuvwxyz"


def make_name(lang):
    stem = "".join(random.choice("bdklmnrst") + random.choice("aeiou") for _ in range(2))
    return (stem + random.choice(endings[lang]))[:10].ljust(10, "z")


names = [(make_name(l), i) for i, l in enumerate(langs) for _ in range(300)]
random.shuffle(names)


class NameLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(26, 12)
        self.lstm = nn.LSTM(12, 32, batch_first=True)
        self.fc = nn.Linear(32, 3)

    def forward(self, x):
        _, (h, _) = self.lstm(self.embed(x))
        return self.fc(h[-1])


net = NameLSTM()
optimizer = torch.optim.Adam(net.parameters(), lr=1.0)
for step in range(300):
    batch = random.sample(names, 32)
    x = torch.tensor([[letters.index(c) for c in n] for n, _ in batch])
    y = torch.tensor([l for _, l in batch])
    loss = F.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
x = torch.tensor([[letters.index(c) for c in n] for n, _ in names])
y = torch.tensor([l for _, l in names])
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
