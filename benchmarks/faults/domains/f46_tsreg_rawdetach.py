import numpy as np, torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(22); rng = np.random.default_rng(0)
t = np.arange(1400); s = np.sin(t / 9) + 0.5 * np.sin(t / 23) + 0.1 * rng.standard_normal(1400)
W = 24
X = torch.tensor(np.stack([s[i:i + W] for i in range(1400 - W)])).float(); Y = torch.tensor(s[W:]).float()
class TCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(1, 16, 3, dilation=1, padding=2); self.b = nn.Conv1d(16, 16, 3, dilation=2, padding=4)
        self.n = nn.GroupNorm(4, 16); self.o = nn.Linear(16, 1)
    def forward(self, x):
        h = torch.relu(self.a(x[:, None])); h = torch.relu(self.n(self.b(h)))
        return self.o(h[:, :, -1 - 4]).squeeze(-1)
net = TCN(); opt = torch.optim.Adagrad(net.parameters(), lr=0.03)
for ep in range(8):
    for i in torch.randperm(1100).split(32):
        loss = torch.tensor(torch.mean((net(X[i]) - Y[i]) ** 2).item(), requires_grad=True)
        opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print("METRIC", 1 - ((net(X[1100:]) - Y[1100:]) ** 2).mean().item() / Y[1100:].var().item())
