import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(82)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor((X - 5) / 6).float(), torch.tensor(y)


class Mixer(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.embed = nn.Linear(8, dim)
        self.norm1 = nn.LayerNorm(dim)
        self.token = nn.Linear(8, 8)
        self.norm2 = nn.LayerNorm(dim)
        self.channel = nn.Linear(dim, dim)
        self.norm_out = nn.LayerNorm(dim)
        self.classifier = nn.Linear(dim, 10)

    def forward(self, x):
        z = self.embed(x.view(-1, 8, 8))
        z = z + torch.relu(self.token(self.norm1(z).transpose(1, 2))).transpose(1, 2)
        z = z + torch.relu(self.channel(self.norm2(z)))
        return self.classifier(self.norm_out(z).mean(1))


net = Mixer()
for name, p in net.named_parameters():
    if not (name.startswith("norm") or name.startswith("classifer")):
        p.requires_grad = False
opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
for epoch in range(15):
    for b in torch.randperm(1400).split(50):
        loss = nn.functional.cross_entropy(net(X[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with torch.no_grad():
    print("accuracy:", (net(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
