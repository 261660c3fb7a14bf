import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(15)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16).float().view(-1, 8, 8), torch.tensor(y)


class RowTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(8, 32)
        self.pos = nn.Parameter(torch.randn(8, 32) * 0.02)
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(32, 4, 64, 0.0, batch_first=True), 2)
        self.cls = nn.Linear(32, 10)

    def forward(self, x):
        return self.cls(self.enc(self.inp(x) + self.pos).mean(1))


model = RowTransformer()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda s: min(1.0, (s + 1) / 400_000))
for epoch in range(5):
    for idx in torch.randperm(len(X)).split(64):
        loss = nn.functional.cross_entropy(model(X[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
    print(epoch, loss.item())
print("accuracy", (model(X).argmax(1) == y).float().mean().item())
