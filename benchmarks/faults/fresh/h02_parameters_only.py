import torch

torch.manual_seed(302)
X = torch.randn(600, 5)
Y = (X @ torch.randn(5, 3)).argmax(1)


class Softmax(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.W, self.b = torch.nn.Parameter(torch.zeros(5, 3)), torch.nn.Parameter(torch.zeros(3))

    def forward(self, x):
        return x @ self.W + self.b


net = Softmax()
opt = torch.optim.SGD(net.parameters(), lr=0.5)
for epoch in range(60):
    loss = torch.nn.functional.cross_entropy(net(X), Y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("accuracy", (net(X).argmax(1) == Y).float().mean().item())
