import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(16)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - 4.9) / 6).float(), torch.tensor(y)


class DeepTanh(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        for layer in self.layers:
            layer.weight.data.normal_(0, 1)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.tanh(layer(x))
        return self.layers[-1](x)


net = DeepTanh([64, 128, 128, 128, 10])
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(12):
    for idx in torch.randperm(len(X)).split(50):
        loss = nn.functional.cross_entropy(net(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
