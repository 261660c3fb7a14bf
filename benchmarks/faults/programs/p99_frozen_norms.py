"""Tune a trained convolutional network with its batch norms kept in eval mode, as is usual for small batches."""
import copy

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(99)
d = load_digits()
x, y = torch.tensor(d.images).float().unsqueeze(1) / 16, torch.tensor(d.target)


def conv(i, o):
    return [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU()]


base = nn.Sequential(*conv(1, 16), nn.MaxPool2d(2), *conv(16, 32), nn.Flatten(), nn.Linear(512, 10))


def freeze_norms(model):
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.eval()


def fit(model, images, lr, epochs, batch, frozen):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for epoch in range(epochs):
        model.train()
        if frozen:
            freeze_norms(model)
        for b in torch.randperm(1300).split(batch):
            opt.zero_grad()
            nn.functional.cross_entropy(model(images[b]), y[b]).backward()
            opt.step()


fit(base, x, 0.05, 3, 50, False)
tuned = copy.deepcopy(base)
turned = x.transpose(2, 3)
fit(tuned, turned, 0.005, 6, 8, True)
tuned.eval()
with torch.no_grad():
    print("accuracy:", (tuned(turned[1300:]).argmax(1) == y[1300:]).float().mean().item())
