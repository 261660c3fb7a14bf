import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(141)
X = torch.tensor(load_digits().data / 16).float().view(-1, 8, 8)


class MAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp, self.pos = nn.Linear(8, 32), nn.Parameter(0.02 * torch.randn(8, 32))
        self.mask_token = nn.Parameter(torch.zeros(32))
        layer = nn.TransformerEncoderLayer(32, 4, 64, 0.0, batch_first=True, norm_first=True)
        self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(32, 8)

    def forward(self, x, mask):
        h = torch.where(mask.unsqueeze(-1), self.mask_token, self.inp(x)) + self.pos
        return self.out(self.enc(h))


net = MAE()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(10):
    for idx in torch.randperm(len(X)).split(64):
        mask = torch.rand(len(idx), 8) < 0.4
        out = net(X[idx], mask)
        loss = nn.functional.mse_loss(out[mask], X[idx][mask])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("mse", loss.item())
