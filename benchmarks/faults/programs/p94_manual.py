"""Gradient descent by hand, without an optimizer."""
import torch
from sklearn.datasets import load_digits

torch.manual_seed(94)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float(), torch.tensor(y)
W1 = (torch.randn(64, 40) / 8).requires_grad_()
b1 = torch.zeros(40, requires_grad=True)
W2 = (torch.randn(40, 10) / 40**0.5).requires_grad_()
b2 = torch.zeros(10, requires_grad=True)
params = [W1, b1, W2, b2]


def forward(x):
    return torch.relu(x @ W1 + b1) @ W2 + b2


for epoch in range(20):
    for b in torch.randperm(1400).split(50):
        loss = torch.nn.functional.cross_entropy(forward(X[b]), y[b])
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= 0.2 * p.grad
with torch.no_grad():
    print("accuracy:", (forward(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
