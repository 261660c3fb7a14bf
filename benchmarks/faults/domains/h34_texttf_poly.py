import torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(19)
V, L = 20, 16
tok = torch.randint(2, V, (1400, L)); flag = torch.rand(1400) < 0.5
for i in range(1400):
    if flag[i]: tok[i, torch.randint(0, L, (1,))] = 1
y = flag.long()
class Clf(nn.Module):
    def __init__(s, d=32):
        super().__init__()
        s.e = nn.Embedding(V, d); s.p = nn.Parameter(torch.randn(L, d) * 0.02)
        s.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(d, 4, 64, dropout=0.1, batch_first=True, norm_first=True), 2, enable_nested_tensor=False)
        s.head = nn.Linear(d, 2)
    def forward(s, x): return s.head(s.enc(s.e(x) + s.p).mean(1))
net = Clf(); opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
warm = torch.optim.lr_scheduler.PolynomialLR(opt, 180)
for ep in range(6):
    net.train()
    for i in torch.randperm(1200).split(40):
        loss = nn.functional.cross_entropy(net(tok[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step(); warm.step()
    net.eval()
    with torch.no_grad(): a = (net(tok[1200:]).argmax(1) == y[1200:]).float().mean().item()
print("METRIC", a)
