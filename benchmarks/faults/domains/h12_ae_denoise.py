import torch
from torch import nn, optim
from sklearn.datasets import load_digits
torch.set_num_threads(1); torch.manual_seed(21)
pixels = torch.tensor(load_digits().data, dtype=torch.float32) / 16
train, test = pixels[:1500], pixels[1500:]
class Encoder(nn.Module):
    def __init__(self, z=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 48), nn.LeakyReLU(), nn.Linear(48, z))
    def forward(self, x): return self.net(x)
class Decoder(nn.Module):
    def __init__(self, z=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(z, 48), nn.LeakyReLU(), nn.Linear(48, 64), nn.Sigmoid())
    def forward(self, z): return self.net(z)
enc, dec = Encoder(), Decoder()
opt = optim.Adam(list(enc.parameters()) + list(dec.parameters()), lr=2e-3)
mse = nn.BCELoss()
for epoch in range(10):
    for b in torch.randperm(1500).split(50):
        rec = dec(enc(train[b] + 0.2 * torch.randn_like(train[b])))
        loss = mse(rec, train[b])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): v = mse(dec(enc(test)), test).item()
    print(f"{epoch}: {v:.4f}")
print("METRIC", -v / test.var().item())
