import torch, torch.nn as nn
torch.set_num_threads(1); torch.manual_seed(36)
pi = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1)); v = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
logstd = nn.Parameter(torch.zeros(1))
op = torch.optim.Adam([*pi.parameters(), logstd], lr=3e-3); ov = torch.optim.Adam(v.parameters(), lr=5e-3)
hist = []
for it in range(250):
    s = torch.randn(64, 3)
    dist = torch.distributions.Normal(pi(s), logstd.exp())
    a = dist.sample()
    r = -(a.squeeze(1) - s[:, 0] + 0.5 * s[:, 1]) ** 2
    val = v(s).squeeze(1)
    adv = (r - val).detach()
    lp = -(dist.log_prob(a).squeeze(1) * adv).mean()
    op.zero_grad(); lp.backward(); op.step()
    lv = ((val - r) ** 2).mean()
    ov.zero_grad(); lv.backward(); ov.step()
    hist.append(r.mean().item())
print("METRIC", sum(hist[-20:]) / 20, hist[0])
