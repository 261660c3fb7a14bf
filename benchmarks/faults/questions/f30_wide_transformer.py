import torch
from torch import nn

torch.manual_seed(40)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(30, 48)
        layer = nn.TransformerEncoderLayer(48, 4, 96, 0.1, batch_first=True, norm_first=True)
        self.enc = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
        self.out = nn.Linear(48, 5)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p)

    def forward(self, x):
        return self.out(self.enc(self.emb(x)))


net = Tagger()
opt = torch.optim.Adam(net.parameters(), lr=1e-4)
for step in range(250):
    x = torch.randint(0, 30, (32, 12))
    y = (x + x.roll(1, 1)) % 5
    loss = nn.functional.cross_entropy(net(x).reshape(-1, 5), y.reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        print(step, loss.item())
print("loss", loss.item())
