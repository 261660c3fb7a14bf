import torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(37)
U, I, k = 120, 80, 8
P, Q = torch.randn(U, 4), torch.randn(I, 4)
u = torch.randint(0, U, (5000,)); i = torch.randint(0, I, (5000,)); r = (P[u] * Q[i]).sum(1) * 0.5 + 3 + 0.2 * torch.randn(5000)
class MF(nn.Module):
    def __init__(self):
        super().__init__(); self.u = nn.Embedding(U, k); self.i = nn.Embedding(I, k); self.bu = nn.Embedding(U, 1); self.mean = nn.Parameter(torch.tensor(3.0))
        nn.init.normal_(self.u.weight, std=0.1); nn.init.normal_(self.i.weight, std=0.1); nn.init.zeros_(self.bu.weight)
    def forward(self, a, b): return (self.u(a) * self.i(b)).sum(1) + self.bu(a).squeeze(1) + self.mean
m = MF(); opt = torch.optim.Adagrad(m.parameters(), lr=0.1)
for ep in range(8):
    for b in torch.randperm(4000).split(128):
        loss = nn.functional.mse_loss(m(u[b], i[b]), r[b]); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print("METRIC", 1 - nn.functional.mse_loss(m(u[4000:], i[4000:]), r[4000:]).item() / r[4000:].var().item())
